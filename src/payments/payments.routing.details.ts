import { Invalid } from '../kernel/fault/fault.js';
import { readJson } from '../kernel/http/read-body.js';
import { type Attempt, type Customer, limits } from './payment.js';
import { type Provider, providers } from './provider.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * `customer_details`: an object, or JSON text of one. `undefined` where nothing was given, so that the caller can say what
 * stands in for it. @throws Invalid
 */
export function readCustomer(value: unknown): Customer | undefined {
  const given = readNested(value, 'Invalid customer_details JSON');
  if (given === undefined) return undefined;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new Invalid('customer_details must be object');
  const fields = given as Fields;
  if (Object.keys(fields).length === 0) return undefined;
  const read = (name: string, longest: number) => readText(fields[name], longest);
  return { name: read('name', limits.name), email: read('email', limits.email), country: read('country', limits.name) };
}

function readText(value: unknown, longest: number): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
    throw new Invalid('customer_details must be object');
  const text = String(value).trim();
  if (text.length > longest) throw new Invalid('customer_details is too long');
  return text;
}

/** `provider_attempts`: an array, or JSON text of one; `undefined` where nothing was given. @throws Invalid */
export function readAttempts(value: unknown): Attempt[] | undefined {
  const given = readNested(value, 'Invalid provider_attempts JSON');
  if (given === undefined) return undefined;
  if (!Array.isArray(given)) throw new Invalid('provider_attempts must be array');
  // An edit form sends the whole history back, so the bound on what is new is the domain's.
  if (given.length > limits.attempts + limits.attemptsARequest) throw new Invalid('Invalid provider attempt');
  return given.map(readAttempt);
}

function readAttempt(value: unknown): Attempt {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Invalid('Invalid provider attempt');
  const { provider, result, latency_ms: latency } = value as Fields;
  if (!providers.includes(provider as Provider)) throw new Invalid('Invalid provider');
  if (result !== 'success' && result !== 'failure') throw new Invalid('Invalid result');
  return { provider: provider as Provider, result, latencyMs: readLatency(latency) };
}

const longestLatencyMs = 86_400_000;

function readLatency(value: unknown): number {
  const text = typeof value === 'number' ? String(value) : value;
  const latency = typeof text === 'string' && /^\s*\+?[0-9]{1,12}\s*$/.test(text) ? Number(text) : NaN;
  if (!(latency <= longestLatencyMs)) throw new Invalid('Invalid latency');
  return latency;
}

/** Text is read as JSON; blank text counts as absent. */
function readNested(value: unknown, message: string): unknown {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') return value;
  if (value.trim() === '') return undefined;
  try {
    return readJson(value);
  } catch (cause) {
    throw new Invalid(message, { cause });
  }
}

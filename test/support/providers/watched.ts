import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { PaymentProvider } from '../../../src/providers/payment-provider.js';

const graceMs = 4_000;
const operations = new Set(['authorize', 'capture', 'void', 'refund', 'query']);

/** The same provider, of which every operation ends about in time, throws nothing and tells no secret. */
export function watched(provider: PaymentProvider, secrets: readonly string[], timeoutMs: number): PaymentProvider {
  return new Proxy(provider, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function') return value;
      const call = (...given: unknown[]): unknown => (value as (...given: unknown[]) => unknown).apply(target, given);
      return operations.has(String(name)) ? (...given: unknown[]) => watch(String(name), call(...given), secrets, timeoutMs) : call;
    },
  });
}

async function watch(name: string, running: unknown, secrets: readonly string[], timeoutMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new assert.AssertionError({ message: `${name} does not end` })), timeoutMs + graceMs);
  });
  try {
    const outcome = await Promise.race([running, late]);
    assertDiscreet(outcome, secrets);
    return outcome;
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    assertDiscreet(error, secrets);
    throw new assert.AssertionError({ message: `${name} throws ${inspect(error)}` });
  } finally {
    clearTimeout(timer);
  }
}

function assertDiscreet(said: unknown, secrets: readonly string[]): void {
  const text = inspect(said, { depth: 10 });
  for (const secret of secrets) assert.ok(!text.includes(secret), 'It tells a secret');
}

import { setTimeout as pause } from 'node:timers/promises';
import { boundedFetch, isNeverSent } from '../kernel/http-out/bounded-fetch.js';
import type { Deadline } from './deadline.js';

export interface ProviderRequest {
  readonly method: 'GET' | 'POST';
  /** Behind the base URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}
/** `never-sent`: certainly nothing was applied. `broken-off`: it may have been. */
export type Exchange = Answered | { readonly kind: 'never-sent' | 'broken-off'; readonly because: string };
export interface Answered {
  readonly kind: 'answered';
  readonly status: number;
  readonly text: string;
  /** Undefined where the text is no JSON. */
  readonly json: unknown;
}

const answerBytes = 1024 * 1024;
const bounded = boundedFetch(answerBytes);
const pausesMs = [100, 200, 400];

/** Speaks to a provider over connections that stay open. What it says of a failure is its own words: errors of the network may quote headers. */
export class ProviderHttp {
  private readonly base: string;

  constructor(baseUrl: string) {
    this.base = baseUrl.replace(/\/+$/, '');
  }

  async send({ path, ...request }: ProviderRequest, deadline: Deadline): Promise<Exchange> {
    const { leftMs } = deadline;
    if (leftMs === 0) return { kind: 'never-sent', because: 'There was no time left to ask' };
    try {
      const { status, text } = await bounded(this.base + path, { ...request, signal: AbortSignal.timeout(leftMs) });
      return { kind: 'answered', status, text, json: readJson(text) };
    } catch (error) {
      return isNeverSent(error)
        ? { kind: 'never-sent', because: 'The provider cannot be reached' }
        : { kind: 'broken-off', because: deadline.leftMs === 0 ? 'No answer in time' : 'The connection broke off' };
    }
  }

  /** Sends it again while the provider is still at work on the same key. */
  async sendUntilClear(request: ProviderRequest, deadline: Deadline, isInFlight: (answer: Answered) => boolean): Promise<Exchange> {
    for (const pauseMs of pausesMs) {
      const exchange = await this.send(request, deadline);
      if (exchange.kind !== 'answered' || !isInFlight(exchange)) return exchange;
      if (deadline.leftMs <= pauseMs) break;
      await pause(pauseMs);
    }
    return { kind: 'broken-off', because: 'The provider is still at work on it' };
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import Stripe from 'stripe';
import { boundedFetch } from '../kernel/http-out/bounded-fetch.js';

export type { Stripe };
export interface StripeOptions {
  readonly secretKey: string;
  readonly baseUrl: string;
  readonly timeoutMs: number;
}

const answerBytes = 4 * 1024 * 1024;

/** Whoever calls decides what is tried again, so the SDK tries nothing by itself; and it tells nobody how long requests took. */
export function stripeClient({ secretKey, baseUrl, timeoutMs }: StripeOptions): Stripe {
  const { protocol, hostname, port } = new URL(baseUrl);
  return new Stripe(secretKey, {
    apiVersion: '2026-10-28.endive',
    maxNetworkRetries: 0,
    telemetry: false,
    timeout: timeoutMs,
    host: hostname,
    protocol: protocol === 'http:' ? 'http' : 'https',
    ...(port && { port }),
    // Unlike the SDK's own it ends in time however slowly the answer drips.
    httpClient: Stripe.createFetchHttpClient(objectsOnly(boundedFetch(answerBytes))),
  });
}

/** What is no JSON object comes as nothing: the SDK fails on `0` or `"text"` where nobody can catch it, and never answers. */
function objectsOnly(send: ReturnType<typeof boundedFetch>): typeof fetch {
  return async (input, init) => {
    const { status, headers, text } = await send(input, init);
    return new Response(isObject(text) ? text : '', { status, headers });
  };
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { ClaimedKey } from '../idempotency/idempotency-record.js';

/** What belongs to one request and is wanted far from it. */
export interface RequestContext {
  readonly traceId: string;
  /** The request's idempotency key, waiting to be stored with the work it guards. */
  key?: ClaimedKey;
  /** The key's record was committed with the work. */
  keyStored?: boolean;
  /** The key had been used: what is answered is the outcome of then. */
  replayed?: boolean;
}

/** Of a UUID, which Node makes many of at a time: random bytes asked for one by one cost a request more than its routing. */
const newTraceId = (): string => randomUUID().replaceAll('-', '');

const storage = new AsyncLocalStorage<RequestContext>();

export const requestContext = {
  run: <Result>(context: RequestContext, work: () => Result): Result => storage.run(context, work),
  current: (): RequestContext | undefined => storage.getStore(),
  /** The trace of the request at hand; background work gets one of its own. */
  traceId: (): string => storage.getStore()?.traceId ?? newTraceId(),
};

const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The trace id of a valid W3C `traceparent` header, else a new one (https://www.w3.org/TR/trace-context/). */
export function traceIdOf(header: string | string[] | undefined): string {
  const found = typeof header === 'string' && !header.startsWith('ff') ? traceparent.exec(header)?.[1] : undefined;
  return found && !/^0+$/.test(found) ? found : newTraceId();
}

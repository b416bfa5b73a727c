import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { UnreadableBody } from '../fault/common-faults.js';
import { TooLarge } from '../fault/fault.js';
import { bodyLimitBytes } from './read-body.js';

/** How much past the limit is still taken in, and thrown away: a client that is cut off while it sends never sees the answer. */
const drainBytes = 16 * 1024 * 1024;

/** The bytes of a body, up to the limit of its route. */
export function rawBody(request: FastifyRequest, payload: IncomingMessage, done: (error: Error | null, body?: Buffer) => void): void {
  const limit = request.routeOptions.bodyLimit ?? bodyLimitBytes;
  const chunks: Buffer[] = [];
  let length = 0;
  const take = (chunk: Buffer) => {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
    else if (length > limit + drainBytes) settle(null);
  };
  const end = () => settle(null);
  const settle = (cause: Error | null) => {
    payload.off('data', take).off('end', end).off('error', settle);
    if (cause) done(new UnreadableBody('The body was cut short', { cause }));
    else if (length > limit) done(new TooLarge('Request body is too large'));
    else done(null, Buffer.concat(chunks));
  };
  payload.on('data', take).on('end', end).on('error', settle);
}

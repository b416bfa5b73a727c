import type { FastifyRequest } from 'fastify';
import { assertReadableQuery, readBody } from '../http/read-body.js';
import type { Voice } from './voices.js';

/** Reads the body as the surface takes it; a guard that looks into the body has read it before. @throws UnsupportedMedia, UnreadableBody */
export async function readRequest(request: FastifyRequest, { bodies, absentBody }: Voice): Promise<void> {
  assertReadableQuery(request.url);
  if (Buffer.isBuffer(request.body) && request.body.length > 0) request.body = await readBody(request.body, request.headers, bodies);
  else if (Buffer.isBuffer(request.body) || (request.method !== 'GET' && request.body === undefined))
    request.body = absentBody === null ? null : {};
}

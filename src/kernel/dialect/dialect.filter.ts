import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Fault, MethodNotAllowed } from '../fault/fault.js';
import { DatabaseUnavailable, isUnreachable } from '../mongo/driver-faults.js';
import { DialectMap } from './dialect-map.js';
import { problemOf } from './problem.js';

/** Answers every failure in the voice of the surface that was asked. */
@Catch()
@Injectable()
export class DialectFilter implements ExceptionFilter {
  constructor(private readonly dialects: DialectMap) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { voice, allow, redirect } = this.dialects.of(request);
    if (redirect !== undefined)
      return void reply
        .status(307)
        .header('location', redirect + queryOf(request.url))
        .send();
    const thrown = allow ? new MethodNotAllowed('Method not allowed', { allow }) : asFault(error, request.method);
    const problem = { ...problemOf(thrown, voice), traceId: request.id };
    if (problem.status >= 500) request.log.error({ err: error }, 'request failed');
    if (thrown instanceof Fault) {
      if (thrown.retryAfterSeconds !== undefined) void reply.header('retry-after', thrown.retryAfterSeconds);
      if (thrown.allow) void reply.header('allow', thrown.allow.join(', '));
    }
    void reply.status(problem.status).send(voice.failure(problem));
  }
}

const queryOf = (url: string): string => (url.includes('?') ? url.slice(url.indexOf('?')) : '');

/** A write that lost its connection may have been applied; a unit of work that knows better has said so itself. */
function asFault(error: unknown, method: string): unknown {
  return isUnreachable(error) ? new DatabaseUnavailable(error, method === 'GET' ? 'none' : 'unknown') : error;
}

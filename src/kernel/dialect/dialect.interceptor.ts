import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { from, map, type Observable, switchMap } from 'rxjs';
import type { Page } from '../http/page.js';
import { assertReadableQuery } from '../http/read-body.js';
import { TAKES_BYTES } from '../http/takes-bytes.decorator.js';
import { type Answer, ANSWERS, DIALECT, UNDRESSED, type View } from './dialect.decorator.js';
import { readRequest } from './read-request.js';
import { type DialectName, type Outcome, type Voice, voices } from './voices.js';

/** Reads the body as the surface takes it, and dresses the answer as the surface gives it. */
@Injectable()
export class DialectInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (this.reflector.getAllAndOverride<boolean | undefined>(UNDRESSED, [context.getHandler(), context.getClass()])) return next.handle();
    const voice: Voice = voices[this.reflector.get<DialectName>(DIALECT, context.getClass())];
    const answer = this.reflector.get<Answer>(ANSWERS, context.getHandler());
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { id } = request;
    const takesBytes = this.reflector.get<boolean | undefined>(TAKES_BYTES, context.getHandler()) ?? false;
    return from(takesBytes ? readQueryOnly(request) : readRequest(request, voice)).pipe(
      switchMap(() => next.handle()),
      map((value): unknown => (answer.shape === 'stream' ? value : voice.success({ ...dress(answer, value), traceId: id }))),
    );
  }
}

async function readQueryOnly({ url }: FastifyRequest): Promise<void> {
  assertReadableQuery(url);
}

function dress({ view, status, says, shape }: Answer, value: unknown): Omit<Outcome, 'traceId'> {
  const seen = (item: unknown): unknown => (view as unknown as View<unknown>).of(item);
  const outcome = { status, ...(says !== undefined && { message: says }) };
  if (!view) return { ...outcome, data: undefined };
  if (shape === 'one') return { ...outcome, data: seen(value) };
  if (shape === 'list') return { ...outcome, data: (value as readonly unknown[]).map(seen) };
  const { items, ...page } = value as Page<unknown>;
  return { ...outcome, data: items.map(seen), page };
}

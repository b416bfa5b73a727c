import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Actor } from './actor.js';

export interface ActorRequest extends FastifyRequest {
  actor?: Actor;
}
/** The caller, put there by the guard. */
export const By = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<ActorRequest>();
  if (!actor) throw new Error('A handler asked for the actor of a public route');
  return actor;
});

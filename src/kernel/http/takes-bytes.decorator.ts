import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

export const TAKES_BYTES = 'payops:takes-bytes';

/** The handler gets the body as it came, up to so many bytes: for what is verified before anything of it is believed. */
export const TakesBytes = (limitBytes: number): MethodDecorator =>
  applyDecorators(RouteConfig({ bodyLimit: limitBytes }), SetMetadata(TAKES_BYTES, true));

/** The bytes of the body, none where there is no body. */
export const Bytes = createParamDecorator((_: unknown, context: ExecutionContext): Buffer => {
  const { body } = context.switchToHttp().getRequest<FastifyRequest>();
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
});

import type { IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyError, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Config } from '../config/config.js';
import { Invalid } from '../fault/fault.js';
import { rawBody } from './raw-body.js';
import { bodyLimitBytes } from './read-body.js';
import { requestContext, traceIdOf } from './request-context.js';

/**
 * The HTTP edge: bodies stay raw until the guards have spoken (the dialect reads them), every request has a trace id, logs name
 * no query string and no credential.
 */
export function httpAdapter(config: Pick<Config, 'logLevel' | 'trustProxy'>): FastifyAdapter {
  const adapter = new FastifyAdapter({
    logger: { level: config.logLevel, redact: ['req.headers.authorization', 'req.headers.cookie', 'req.headers["x-api-key"]'] },
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimitBytes,
    trustProxy: trustOf(config.trustProxy),
    genReqId: (request: IncomingMessage) => traceIdOf(request.headers.traceparent),
    requestIdHeader: false,
    exposeHeadRoutes: false,
    // Past the longest name of the contracts, so that a handler answers for an id that is merely wrong.
    routerOptions: { maxParamLength: 1000 },
    // The router refuses an address that it cannot read before any hook runs, and past the application's error handler.
    frameworkErrors: (cause: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      void reply.header('x-trace-id', request.id);
      fastify.errorHandler(new Invalid('The address is not valid', { cause }) as never, request, reply);
    },
  });
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', rawBody);
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-trace-id', request.id);
    requestContext.run({ traceId: request.id }, done);
  });
  // A route may say in its configuration how large its bodies are.
  fastify.addHook('onRoute', (route) => {
    const { bodyLimit } = (route.config ?? {}) as { readonly bodyLimit?: number };
    if (bodyLimit !== undefined) route.bodyLimit = bodyLimit;
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    request.log.info({ traceId: request.id, method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) });
    done();
  });
  return adapter;
}

/** The framework takes a count of hops for none, because it cannot see whether a client came past the proxies; who sets one says so. */
function trustOf(proxies: Config['trustProxy']): false | string | ((address: string, hop: number) => boolean) {
  if (proxies === 0) return false;
  return typeof proxies === 'number' ? (_, hop) => hop < proxies : proxies;
}

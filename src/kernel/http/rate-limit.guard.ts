import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { type Config, CONFIG } from '../config/config.js';
import { UNDRESSED } from '../dialect/dialect.decorator.js';
import { RateLimited } from '../fault/fault.js';

/** The general limit of one client on this process; there is none unless it is configured. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  private readonly limiter: RateLimiterMemory | undefined;

  constructor(
    @Inject(CONFIG) { rateLimitPerMinute }: Config,
    private readonly reflector: Reflector,
  ) {
    this.limiter = rateLimitPerMinute === undefined ? undefined : new RateLimiterMemory({ points: rateLimitPerMinute, duration: 60 });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // A supervisor asks for health more often than any limit allows, and often from the address of everybody else.
    if (this.reflector.getAllAndOverride<boolean | undefined>(UNDRESSED, [context.getHandler(), context.getClass()])) return true;
    const { ip } = context.switchToHttp().getRequest<FastifyRequest>();
    try {
      await this.limiter?.consume(ip);
      return true;
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw new RateLimited('Too many requests', { retryAfterSeconds: Math.ceil(refused.msBeforeNext / 1000) });
    }
  }
}

import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { NotFound } from '../fault/fault.js';
import { DialectMap } from './dialect-map.js';

/** Keeps the route for whatever has no other from answering where another surface has the first part of the path. */
@Injectable()
export class DisownedRouteGuard implements CanActivate {
  constructor(private readonly dialects: DialectMap) {}

  canActivate(context: ExecutionContext): boolean {
    const { url, routeOptions } = context.switchToHttp().getRequest<FastifyRequest>();
    const path = url.split('?', 1)[0] ?? '';
    if (routeOptions.url !== undefined && this.dialects.isDisowned(routeOptions.url, path)) throw new NotFound('Not found');
    return true;
  }
}

import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Routes } from '../http/routes.js';
import { fallbacks, type Voice, voices } from './voices.js';

export interface Place {
  readonly voice: Voice;
  /** Where the path exists, but not under the method it was asked with: the methods it has. */
  readonly allow?: readonly string[];
  /** Where the path is one of the gateway's but for a slash at its end: without it. */
  readonly redirect?: string;
}
interface Pattern {
  readonly method: string;
  readonly segments: readonly Segment[];
  readonly voice: Voice;
}
type Segment = { readonly fixed: string } | { readonly fixed?: never; readonly constraint?: RegExp };

/**
 * Knows, for any request, who answers it; also where no handler was reached, because an exception filter is told neither class
 * nor handler, and unknown paths and unreadable requests have none.
 */
@Injectable()
export class DialectMap {
  private owned: Map<string, Voice> | undefined;
  private patterns: readonly Pattern[] = [];
  /** First parts of the platform's paths, with what stands before them. */
  private readonly platforms = new Set<string>();

  constructor(private readonly routes: Routes) {}

  of(request: Pick<FastifyRequest, 'method' | 'url' | 'routeOptions'>): Place {
    const owned = this.index();
    const path = request.url.split('?', 1)[0] ?? '';
    const pattern = request.routeOptions.url;
    if (pattern === undefined || this.isDisowned(pattern, path)) return this.unmatched(request.method, path);
    return { voice: owned.get(`${request.method} ${pattern}`) ?? fallback(path) };
  }

  /** What the generic route would take, though the first part of the path is the platform's. */
  isDisowned(pattern: string, path: string): boolean {
    this.index();
    return isGeneric(pattern) && this.platforms.has(firstPart(path));
  }

  private unmatched(method: string, path: string): Place {
    const [nearest, ...others] = this.matching(path);
    if (!nearest) return { voice: fallback(path), ...this.withoutSlash(path) };
    const methods = new Set([nearest, ...others].map((pattern) => pattern.method));
    // The router did not compare an address that it cannot read with any route.
    if (methods.has(method)) return { voice: nearest.voice };
    return { voice: nearest.voice === voices.traced ? fallback(path) : nearest.voice, allow: [...methods].sort() };
  }

  private withoutSlash(path: string): Pick<Place, 'redirect'> {
    const redirect = path.slice(0, -1);
    return path.endsWith('/') && this.matching(redirect)[0]?.voice === voices.gateway ? { redirect } : {};
  }

  private matching(path: string): Pattern[] {
    const segments = path.split('/');
    return this.patterns.filter((pattern) => matches(pattern.segments, segments));
  }

  private index(): Map<string, Voice> {
    if (this.owned) return this.owned;
    const known: Record<string, Voice> = voices;
    const routes = this.routes.all().map((route) => ({ ...route, voice: known[route.dialect ?? ''] ?? fallback(route.path) }));
    const dressed = routes.filter(({ dialect }) => dialect !== undefined);
    this.patterns = routes
      .filter(({ path }) => !isGeneric(path))
      .map(({ method, path, voice }) => ({ method, segments: path.split('/').map(segmentOf), voice }))
      .sort((one, other) => (precedence(one) < precedence(other) ? -1 : 1));
    for (const { path, voice } of dressed) if (voice === voices.traced) this.platforms.add(firstPart(path));
    this.owned = new Map(dressed.map(({ method, path, voice }) => [`${method} ${path}`, voice]));
    return this.owned;
  }
}

const fallback = (path: string): Voice =>
  fallbacks.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))?.[1] ?? voices.store;

/** A route for whatever has no other: that it matches does not make a path exist. */
const isGeneric = (path: string): boolean => fallbacks.some(([prefix]) => path.startsWith(`${prefix}/:`));

/** `/api/v1/payments` of `/api/v1/payments/7`. */
const firstPart = (path: string): string => path.split('/', 4).join('/');

/** `:id` takes anything, `:id(^txn_.*)` what the expression matches. */
function segmentOf(part: string): Segment {
  const [, constraint] = /^:\w+(?:\((.*)\))?$/.exec(part) ?? [];
  return part.startsWith(':') ? (constraint === undefined ? {} : { constraint: new RegExp(constraint) }) : { fixed: part };
}

/** As the router decides between two patterns: a fixed segment before a parameter, and one with a constraint before others, from the left. */
const precedence = ({ segments }: Pattern): string =>
  segments.map((segment) => (segment.fixed !== undefined ? 0 : segment.constraint ? 1 : 2)).join('');

const matches = (pattern: readonly Segment[], path: readonly string[]): boolean =>
  pattern.length === path.length && pattern.every((segment, index) => takes(segment, path[index] ?? ''));

const takes = (segment: Segment, part: string): boolean =>
  segment.fixed !== undefined ? segment.fixed === part : part !== '' && (segment.constraint?.test(part) ?? true);

import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Routes } from '../http/routes.js';
import { fallbacks, type Voice, voices } from './voices.js';

export interface Place {
  readonly voice: Voice;
  /** Where the path exists, but not under the method it was asked with: the methods it has. */
  readonly allow?: readonly string[];
}
interface Pattern {
  readonly method: string;
  readonly segments: readonly string[];
  readonly voice: Voice;
}

/**
 * Knows, for any request, who answers it; also where no handler was reached, because an exception filter is told neither class
 * nor handler, and unknown paths and unreadable requests have none.
 */
@Injectable()
export class DialectMap {
  private owned: Map<string, Voice> | undefined;
  private patterns: readonly Pattern[] = [];

  constructor(private readonly routes: Routes) {}

  of(request: Pick<FastifyRequest, 'method' | 'url' | 'routeOptions'>): Place {
    const owned = this.index();
    const path = request.url.split('?', 1)[0] ?? '';
    const pattern = request.routeOptions.url;
    if (pattern === undefined) return this.unmatched(request.method, path);
    return { voice: owned.get(`${request.method} ${pattern}`) ?? fallback(path) };
  }

  private unmatched(method: string, path: string): Place {
    const segments = path.split('/');
    const [nearest, ...others] = this.patterns.filter((pattern) => matches(pattern.segments, segments));
    if (!nearest) return { voice: fallback(path) };
    const methods = new Set([nearest, ...others].map((pattern) => pattern.method));
    // The router did not compare an address that it cannot read with any route.
    if (methods.has(method)) return { voice: nearest.voice };
    return { voice: nearest.voice === voices.traced ? fallback(path) : nearest.voice, allow: [...methods].sort() };
  }

  private index(): Map<string, Voice> {
    if (this.owned) return this.owned;
    const known: Record<string, Voice> = voices;
    const dressed = this.routes.all().flatMap((route) => {
      const voice = known[route.dialect ?? ''];
      return voice ? [{ ...route, voice }] : [];
    });
    this.patterns = dressed
      .filter(({ path }) => !isGeneric(path))
      .map(({ method, path, voice }) => ({ method, segments: path.split('/'), voice }))
      .sort((one, other) => (precedence(one) < precedence(other) ? -1 : 1));
    this.owned = new Map(dressed.map(({ method, path, voice }) => [`${method} ${path}`, voice]));
    return this.owned;
  }
}

const fallback = (path: string): Voice =>
  fallbacks.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))?.[1] ?? voices.store;

/** A route for whatever has no other: that it matches does not make a path exist. */
const isGeneric = (path: string): boolean => fallbacks.some(([prefix]) => path.startsWith(`${prefix}/:`));

/** As the router decides between two patterns: a fixed segment before a parameter, from the left. */
const precedence = ({ segments }: Pattern): string => segments.map((part) => Number(part.startsWith(':'))).join('');

const matches = (pattern: readonly string[], path: readonly string[]): boolean =>
  pattern.length === path.length && pattern.every((part, index) => part === path[index] || (part.startsWith(':') && path[index] !== ''));

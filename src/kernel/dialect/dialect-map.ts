import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Routes } from '../http/routes.js';
import { fallbacks, type Voice, voices } from './voices.js';

export interface Place {
  readonly voice: Voice;
  /** Methods that do exist at a path that was asked with another one. */
  readonly allow: readonly string[];
}

/**
 * Knows, for any request, who answers it; also where no handler was reached, because an exception filter is told neither class
 * nor handler, and unknown paths and unreadable requests have none.
 */
@Injectable()
export class DialectMap {
  private owned: Map<string, Voice> | undefined;
  private patterns: readonly { readonly method: string; readonly segments: readonly string[]; readonly voice: Voice }[] = [];

  constructor(private readonly routes: Routes) {}

  of(request: FastifyRequest): Place {
    const pattern = request.routeOptions?.url;
    const voice = pattern === undefined ? undefined : this.index().get(`${request.method} ${pattern}`);
    return voice ? { voice, allow: [] } : this.unmatched(request.url);
  }

  private unmatched(url: string): Place {
    this.index();
    const path = url.split('?', 1)[0] ?? '';
    const segments = path.split('/');
    const others = this.patterns.filter((pattern) => matches(pattern.segments, segments));
    if (others[0]) return { voice: others[0].voice, allow: [...new Set(others.map((other) => other.method))].sort() };
    const [, voice] = fallbacks.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`)) ?? ['', voices.store];
    return { voice, allow: [] };
  }

  private index(): Map<string, Voice> {
    if (this.owned) return this.owned;
    const known: Record<string, Voice> = voices;
    const dressed = this.routes.all().flatMap((route) => {
      const voice = known[route.dialect ?? ''];
      return voice ? [{ ...route, voice }] : [];
    });
    this.patterns = dressed.map(({ method, path, voice }) => ({ method, segments: path.split('/'), voice }));
    this.owned = new Map(dressed.map(({ method, path, voice }) => [`${method} ${path}`, voice]));
    return this.owned;
  }
}

const matches = (pattern: readonly string[], path: readonly string[]): boolean =>
  pattern.length === path.length && pattern.every((part, index) => part === path[index] || (part.startsWith(':') && path[index] !== ''));

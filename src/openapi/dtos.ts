import type { Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { Route } from '../kernel/http/routes.js';

export interface Dto {
  readonly from: 'body' | 'query';
  readonly type: Type;
}
const places: Readonly<Record<string, Dto['from']>> = { [RouteParamtypes.BODY]: 'body', [RouteParamtypes.QUERY]: 'query' };
const plainTypes = new Set<unknown>([Object, String, Number, Boolean, Array]);

/** The validated classes of a handler. What it declares as no class it reads by hand, and refuses in words it declares itself. */
export function dtosOf({ controller, handler }: Route): Dto[] {
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, handler.name) ?? []) as readonly Type[];
  const read = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler.name) ?? {}) as Record<string, { readonly index: number }>;
  return Object.entries(read).flatMap(([key, { index }]) => {
    const from = places[key.split(':', 1)[0] ?? ''];
    const type = types[index];
    return from && type && !plainTypes.has(type) ? [{ from, type }] : [];
  });
}

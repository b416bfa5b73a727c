import type { Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { Fault } from '../kernel/fault/fault.js';
import type { Route } from '../kernel/http/routes.js';
import { validationPipe } from '../kernel/http/validation.js';

interface Dto {
  readonly from: 'body' | 'query';
  readonly type: Type;
}
const places: Readonly<Record<string, Dto['from']>> = { [RouteParamtypes.BODY]: 'body', [RouteParamtypes.QUERY]: 'query' };
const pipe = validationPipe();

/** How the handler's DTOs refuse a request that has nothing they need, or else something they do not know. */
export async function refusalsOf(route: Route): Promise<Fault[]> {
  const refusals = await Promise.all(dtosOf(route).map((dto) => refusalOf(dto)));
  return refusals.flat();
}

/** What is declared as no class is read by hand, and refused in words that the handler declares itself. */
function dtosOf({ controller, handler }: Route): Dto[] {
  const prototype = controller.prototype as object;
  const types = (Reflect.getMetadata('design:paramtypes', prototype, handler.name) ?? []) as readonly Type[];
  const read = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler.name) ?? {}) as Record<string, { readonly index: number }>;
  return Object.entries(read).flatMap(([key, { index }]) => {
    const from = places[key.split(':', 1)[0] ?? ''];
    const type = types[index];
    return from && type && !plainTypes.has(type) ? [{ from, type }] : [];
  });
}
const plainTypes = new Set<unknown>([Object, String, Number, Boolean, Array]);

async function refusalOf({ from, type }: Dto): Promise<Fault[]> {
  for (const request of [{}, { unknown: 'text' }]) {
    try {
      await pipe.transform(request, { type: from, metatype: type });
    } catch (refusal) {
      if (refusal instanceof Fault) return [refusal];
      throw refusal;
    }
  }
  return [];
}

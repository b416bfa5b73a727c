import { getSchemaPath } from '@nestjs/swagger';
import type { Route } from '../kernel/http/routes.js';
import { exampleOf, type Schemas } from './example.js';
import { featureOf } from './operation.js';

/** An id as the answers of each feature show it, so that a path's example is one that the feature might have given out. */
export function idsOf(routes: readonly Route[], schemas: Schemas): ReadonlyMap<string, unknown> {
  return new Map(
    routes.flatMap((route) => {
      const id = route.answer?.view && idIn(exampleOf({ $ref: getSchemaPath(route.answer.view) }, schemas));
      return id === undefined ? [] : [[featureOf(route), id] as const];
    }),
  );
}

function idIn(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, _id } = value as Readonly<Record<string, unknown>>;
  return (
    id ??
    _id ??
    Object.values(value)
      .map(idIn)
      .find((found) => found !== undefined)
  );
}

import type { Type } from '@nestjs/common';
import { DECORATORS, type ParameterObject, type SchemaObject } from '@nestjs/swagger';
import { getMetadataStorage } from 'class-validator';
import type { Route } from '../kernel/http/routes.js';
import { dtosOf } from './dtos.js';
import type { Schemas } from './example.js';

/** Says in the schemas of the DTOs what the scanner cannot see in their types: which fields may be left out, which are whole. */
export function refineSchemas(schemas: Schemas, routes: readonly Route[]): void {
  const types = new Set(routes.flatMap(dtosOf).map(({ type }) => type));
  // A set visits what is added to it on the way.
  for (const type of types) {
    for (const part of partsOf(type)) types.add(part);
    const schema = schemas[type.name] as SchemaObject | undefined;
    if (!schema?.properties) continue;
    const properties = schema.properties as Record<string, SchemaObject>;
    schema.required = schema.required?.filter((name) => properties[name]?.default === undefined);
    for (const name of wholeNumbers(type)) Object.assign(properties[name] ?? {}, { type: 'integer' });
  }
}

/** As `refineSchemas`, for the fields of a query, which are parameters each. */
export function refineParameter(parameter: ParameterObject, route: Route): ParameterObject {
  const schema = parameter.schema as SchemaObject | undefined;
  const whole = dtosOf(route).some(({ from, type }) => from === parameter.in && wholeNumbers(type).has(parameter.name));
  return {
    ...parameter,
    ...(schema?.default !== undefined && { required: false }),
    ...(whole && { schema: { ...schema, type: 'integer' } }),
  };
}

function wholeNumbers(type: Type): ReadonlySet<string> {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  return new Set(rules.filter(({ name }) => name === 'isInt').map(({ propertyName }) => propertyName));
}

/** The classes of nested fields, which the scanner left at the class it read. */
function partsOf(type: Type): Type[] {
  const names = (Reflect.getMetadata(DECORATORS.API_MODEL_PROPERTIES_ARRAY, type.prototype as object) ?? []) as readonly string[];
  return names.flatMap((name) => {
    const field = Reflect.getMetadata(DECORATORS.API_MODEL_PROPERTIES, type.prototype as object, name.slice(1)) as { type?: unknown };
    return typeof field.type === 'function' && field.type.name === 'type' ? [(field.type as () => Type | Type[])()].flat() : [];
  });
}

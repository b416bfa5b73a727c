import type { Type } from '@nestjs/common';
import { DECORATORS, type ParameterObject, type SchemaObject } from '@nestjs/swagger';
import { getMetadataStorage } from 'class-validator';
import type { Route } from '../kernel/http/routes.js';
import { dtosOf } from './dtos.js';
import type { Schemas } from './example.js';

/** What the rules of `class-validator` say that the scanner does not read off them. */
const saidBy: Readonly<Record<string, SchemaObject>> = {
  isInt: { type: 'integer' },
  isNotEmpty: { minLength: 1 },
  isEmail: { format: 'email' },
  isIso8601: { anyOf: [{ format: 'date' }, { format: 'date-time' }] },
};

/** Says in the schemas of the DTOs what the scanner cannot see in their types: which fields may be left out, and what they must be. */
export function refineSchemas(schemas: Schemas, routes: readonly Route[]): void {
  const types = new Set(routes.flatMap(dtosOf).map(({ type }) => type));
  // A set visits what is added to it on the way.
  for (const type of types) {
    for (const part of partsOf(type)) types.add(part);
    const schema = schemas[type.name] as SchemaObject | undefined;
    if (!schema?.properties) continue;
    const properties = schema.properties as Record<string, SchemaObject>;
    schema.required = schema.required?.filter((name) => properties[name]?.default === undefined);
    schema.additionalProperties = false;
    for (const [name, rules] of rulesOf(type)) Object.assign(properties[name] ?? {}, rules);
    // Not every reader of a document knows classes of characters; the description says it in words.
    for (const property of Object.values(properties)) if (property.pattern?.includes('\\p{')) delete property.pattern;
  }
}

/** As `refineSchemas`, for the fields of a query, which are parameters each. */
export function refineParameter(parameter: ParameterObject, route: Route): ParameterObject {
  const schema = parameter.schema as SchemaObject | undefined;
  const read = dtosOf(route).filter(({ from }) => from === parameter.in);
  const rules = read.flatMap(({ type }) => rulesOf(type).get(parameter.name) ?? []);
  return {
    ...parameter,
    ...(schema?.default !== undefined && { required: false }),
    ...(rules.length > 0 && { schema: Object.assign({}, schema, ...rules) as SchemaObject }),
  };
}

function rulesOf(type: Type): ReadonlyMap<string, SchemaObject> {
  const found = new Map<string, SchemaObject>();
  for (const { name = '', propertyName } of getMetadataStorage().getTargetValidationMetadatas(type, '', false, false)) {
    const said = saidBy[name];
    if (said) found.set(propertyName, { ...found.get(propertyName), ...said });
  }
  return found;
}

/** The classes of nested fields, which the scanner left at the class it read. */
function partsOf(type: Type): Type[] {
  const names = (Reflect.getMetadata(DECORATORS.API_MODEL_PROPERTIES_ARRAY, type.prototype as object) ?? []) as readonly string[];
  return names.flatMap((name) => {
    const field = Reflect.getMetadata(DECORATORS.API_MODEL_PROPERTIES, type.prototype as object, name.slice(1)) as { type?: unknown };
    return typeof field.type === 'function' && field.type.name === 'type' ? [(field.type as () => Type | Type[])()].flat() : [];
  });
}

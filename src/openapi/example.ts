import type { ReferenceObject, SchemaObject } from '@nestjs/swagger';

export type Schema = SchemaObject | ReferenceObject;
export type Schemas = Readonly<Record<string, Schema>>;

export function resolve(schema: Schema, schemas: Schemas): SchemaObject {
  if (!('$ref' in schema)) return schema;
  const found = schemas[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)];
  if (!found) throw new Error(`There is no schema ${schema.$ref}`);
  return resolve(found, schemas);
}

/** A value that a schema describes, put together from the examples of its properties. */
export function exampleOf(given: Schema, schemas: Schemas): unknown {
  const schema = resolve(given, schemas);
  const [named] = Array.isArray(schema.examples) ? (schema.examples as unknown[]) : [];
  const chosen: unknown = schema.example ?? named ?? schema.default ?? schema.enum?.[0];
  if (chosen !== undefined) return chosen;
  const [part] = schema.allOf ?? schema.oneOf ?? schema.anyOf ?? [];
  return part ? exampleOf(part, schemas) : exampleOfType(schema, schemas);
}

function exampleOfType(schema: SchemaObject, schemas: Schemas): unknown {
  switch ([schema.type].flat()[0]) {
    case 'object':
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, property]) => [name, exampleOf(property, schemas)]));
    case 'array':
      return schema.items ? [exampleOf(schema.items, schemas)] : [];
    case 'string':
      return schema.format === 'date-time' ? '2026-01-03T10:00:00.000Z' : 'text';
    case 'boolean':
      return true;
    case 'number':
    case 'integer':
      return schema.minimum ?? 1;
    default:
      return null;
  }
}

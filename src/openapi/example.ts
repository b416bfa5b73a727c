import type { ReferenceObject, SchemaObject } from '@nestjs/swagger';

export type Schema = SchemaObject | ReferenceObject;
export type Schemas = Readonly<Record<string, Schema>>;

function resolve(schema: Schema, schemas: Schemas): SchemaObject {
  if (!('$ref' in schema)) return schema;
  const found = schemas[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)];
  if (!found) throw new Error(`There is no schema ${schema.$ref}`);
  return resolve(found, schemas);
}

/** A value that a schema describes, put together from the examples of its properties; within itself a schema is left out. */
export function exampleOf(given: Schema, schemas: Schemas, within: readonly string[] = []): unknown {
  if ('$ref' in given && within.includes(given.$ref)) return undefined;
  const path = '$ref' in given ? [...within, given.$ref] : within;
  const schema = resolve(given, schemas);
  const [named] = Array.isArray(schema.examples) ? (schema.examples as unknown[]) : [];
  const chosen: unknown = schema.example ?? named ?? schema.default ?? schema.enum?.[0];
  if (chosen !== undefined) return chosen;
  const [part] = schema.allOf ?? schema.oneOf ?? schema.anyOf ?? [];
  return part ? exampleOf(part, schemas, path) : exampleOfType(schema, schemas, path);
}

function exampleOfType(schema: SchemaObject, schemas: Schemas, path: readonly string[]): unknown {
  switch ([schema.type].flat()[0]) {
    case 'object': {
      const properties = Object.entries(schema.properties ?? {}).map(
        ([name, property]) => [name, exampleOf(property, schemas, path)] as const,
      );
      return Object.fromEntries(properties.filter(([, example]) => example !== undefined));
    }
    case 'array': {
      const item = schema.items && exampleOf(schema.items, schemas, path);
      return item === undefined ? [] : [item];
    }
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

import type { ContentObject, EncodingObject, OperationObject, ParameterObject, ReferenceObject, RequestBodyObject } from '@nestjs/swagger';
import type { BodyKind } from '../kernel/dialect/voices.js';
import type { Route } from '../kernel/http/routes.js';
import { keyParameter } from './components.js';
import { isRepeatable } from './errors.js';
import { exampleOf, resolve, type Schema, type Schemas } from './example.js';
import { failuresOf, successOf } from './responses.js';
import { voiceOf } from './surface.js';

const mediaTypes: Readonly<Record<BodyKind, string>> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  multipart: 'multipart/form-data',
};

/** What the scanner found of a handler, and what our own decorators say of it. */
export async function describe(found: OperationObject, route: Route, schemas: Schemas): Promise<OperationObject> {
  const { parameters = [], requestBody, responses, ...rest } = found;
  const failures = await failuresOf(route, requestBody !== undefined);
  return {
    ...rest,
    tags: rest.tags ?? [featureOf(route)],
    operationId: operationIdOf(route),
    parameters: [...parameters.map(withDefault), ...(isRepeatable(route) ? [keyParameter] : [])],
    ...(requestBody && { requestBody: bodyOf(requestBody as RequestBodyObject, route, schemas) }),
    responses: { ...(route.answer ? successOf(route, route.answer, schemas) : responses), ...failures },
    security: route.policy?.public === undefined ? [{ bearer: [] }] : [],
    ...{ 'x-policy': route.policy },
  };
}

/** `PaymentsRoutingController` is the payments. */
export function featureOf({ controller }: Route): string {
  const name = controller.name.replace(/Controller$/, '');
  return name.replace(/(?<=.)(Routing|Financial|Gateway|Store)$/, '');
}

function operationIdOf(route: Route): string {
  const feature = featureOf(route);
  return feature[0]?.toLowerCase() + feature.slice(1) + route.handler.name.replace(/^./, (letter) => letter.toUpperCase());
}

/** A field with a default may be left out, though its type says that the handler always has it. */
function withDefault(parameter: ParameterObject | ReferenceObject): ParameterObject | ReferenceObject {
  const { schema } = parameter as ParameterObject;
  return schema && 'default' in schema ? { ...parameter, required: false } : parameter;
}

/** The same fields in every form the surface takes, unless the handler names its own. */
function bodyOf({ content, ...body }: RequestBodyObject, route: Route, schemas: Schemas): RequestBodyObject {
  const json = content[mediaTypes.json];
  if (!json?.schema || Object.keys(content).length > 1) return { ...body, content };
  const { schema } = json;
  const example = exampleOf(schema, schemas);
  const encoding = encodingOf(schema, schemas);
  const kinds = voiceOf(route).bodies.map((kind): [string, ContentObject[string]] => {
    return [mediaTypes[kind], { schema, example, ...(kind !== 'json' && encoding && { encoding }) }];
  });
  return { ...body, content: Object.fromEntries(kinds) };
}

/** In a form, what is no plain text travels as JSON text. */
function encodingOf(schema: Schema, schemas: Schemas): EncodingObject | undefined {
  const properties = Object.entries(resolve(schema, schemas).properties ?? {});
  const nested = properties.filter(([, property]) => ['object', 'array'].includes([resolve(property, schemas).type].flat()[0] ?? ''));
  return nested.length === 0 ? undefined : Object.fromEntries(nested.map(([name]) => [name, { contentType: mediaTypes.json }]));
}

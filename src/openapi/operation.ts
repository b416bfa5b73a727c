import type {
  ContentObject,
  EncodingObject,
  OperationObject,
  ParameterObject,
  RequestBodyObject,
  ResponsesObject,
  SchemaObject,
} from '@nestjs/swagger';
import type { Policy } from '../kernel/actor/allow.decorator.js';
import type { BodyKind } from '../kernel/dialect/voices.js';
import type { Route } from '../kernel/http/routes.js';
import { keyParameterOf } from './components.js';
import { securityOf } from './credentials.js';
import { isRepeatable, keepsKey, needsKey } from './errors.js';
import { exampleOf, type Schemas } from './example.js';
import { refineParameter } from './refine.js';
import { failuresOf, successOf } from './responses.js';
import { voiceOf } from './surface.js';

const mediaTypes: Readonly<Record<BodyKind, string>> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  multipart: 'multipart/form-data',
};

interface Described extends OperationObject {
  readonly 'x-policy': Policy | undefined;
}

/** What the scanner found of a handler, and what our own decorators say of it. `id` is an id as the feature shows one. */
export async function describe(found: OperationObject, route: Route, schemas: Schemas, id: unknown): Promise<Described> {
  const { requestBody, responses, ...rest } = found;
  const parameters = (found.parameters as ParameterObject[]).map((parameter) => withExample(refineParameter(parameter, route), id));
  const body = requestBody && bodyOf(requestBody as RequestBodyObject, route, schemas);
  const [content] = Object.values(body?.content ?? {});
  const inputs = { body: body && ((content?.example as unknown) ?? {}), query: has(parameters, 'query'), path: has(parameters, 'path') };
  return {
    ...rest,
    tags: rest.tags ?? [featureOf(route)],
    operationId: operationIdOf(route),
    parameters: [
      ...parameters,
      ...(isRepeatable(route) ? [keyParameterOf({ isLasting: keepsKey(route) !== undefined, isRequired: needsKey(route) })] : []),
    ],
    ...(body && { requestBody: body }),
    responses: {
      ...(route.answer ? { ...declared(responses), ...successOf(route, route.answer, schemas) } : responses),
      ...(await failuresOf(route, inputs)),
    },
    security: securityOf(route),
    'x-policy': route.policy,
  };
}

const has = (parameters: readonly ParameterObject[], place: ParameterObject['in']): boolean => parameters.some((one) => one.in === place);

/** Of the scanner's answers, those that are no guess at what goes well. */
const declared = (responses: ResponsesObject): ResponsesObject =>
  Object.fromEntries(Object.entries(responses).filter(([status]) => Number(status) >= 400));

const withExample = (parameter: ParameterObject, id: unknown): ParameterObject =>
  parameter.in === 'path' && parameter.name === 'id' && id !== undefined ? { example: id, ...parameter } : parameter;

/** `PaymentsRoutingController` is the payments. */
export function featureOf({ controller }: Route): string {
  const name = controller.name.replace(/Controller$/, '');
  return name.replace(/(?<=.)(Routing|Financial|Gateway|Store)$/, '');
}

function operationIdOf(route: Route): string {
  const feature = featureOf(route).replace(/^./, (letter) => letter.toLowerCase());
  return feature + route.handler.name.replace(/^./, (letter) => letter.toUpperCase());
}

/** The same fields in every form the surface takes, unless the handler names its own. */
function bodyOf({ content, ...body }: RequestBodyObject, route: Route, schemas: Schemas): RequestBodyObject {
  const json = content[mediaTypes.json];
  if (!json?.schema || Object.keys(content).length > 1) return { ...body, content };
  const { schema } = json;
  const name = '$ref' in schema ? schema.$ref.split('/').at(-1) : undefined;
  // A body in which every field may be left out may be left out itself.
  const required = ((schemas[name ?? ''] as SchemaObject | undefined)?.required ?? []).length > 0;
  const example = exampleOf(schema, schemas);
  const encoding = encodingOf(example);
  const kinds = voiceOf(route).bodies.map((kind): [string, ContentObject[string]] => {
    return [mediaTypes[kind], { schema, example, ...(kind === 'form' && encoding && { encoding }) }];
  });
  return { ...body, required, content: Object.fromEntries(kinds) };
}

/**
 * In a form, what is no plain text travels as JSON text. That is the rule for multipart bodies anyhow, where to name it makes the
 * page send files instead of fields.
 */
function encodingOf(example: unknown): EncodingObject | undefined {
  const nested = Object.entries(example ?? {}).filter(([, value]) => typeof value === 'object');
  return nested.length === 0 ? undefined : Object.fromEntries(nested.map(([name]) => [name, { contentType: mediaTypes.json }]));
}

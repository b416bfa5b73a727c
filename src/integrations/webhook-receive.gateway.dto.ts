import type { IncomingHttpHeaders } from 'node:http';
import { ValidationFailed } from '../kernel/fault/common-faults.js';
import { type FieldProblem, UnsupportedMedia } from '../kernel/fault/fault.js';
import { readBody } from '../kernel/http/read-body.js';

/** In the published order. */
const headerNames = ['x-signature', 'x-api-key'] as const;

/** The API key of a webhook that can be read: a JSON object with a key and a signature. @throws ValidationFailed, UnreadableBody */
export async function readWebhookReceive(headers: IncomingHttpHeaders, body: Buffer): Promise<string> {
  const problem = await problemOfBody(headers, body);
  const missing = headerNames.filter((name) => headers[name] === undefined);
  const absent = missing.map((field): FieldProblem => ({ in: 'header', field, rule: 'missing', message: 'Field required' }));
  const problems = [...absent, ...(problem ? [problem] : [])];
  if (problems.length > 0) throw new ValidationFailed(problems);
  return String(headers['x-api-key']);
}

async function problemOfBody(headers: IncomingHttpHeaders, body: Buffer): Promise<FieldProblem | null> {
  if (body.length === 0) return { field: '', rule: 'missing', message: 'Field required' };
  const input = await readBody(body, headers, ['json']).catch((error: unknown) => {
    // Of another type it is a text, which is no object either.
    if (error instanceof UnsupportedMedia) return error.context.input;
    throw error;
  });
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  return isObject ? null : { field: '', rule: 'dict_type', message: 'Input should be a valid dictionary', input };
}

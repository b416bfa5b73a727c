import type { FieldProblem } from '../fault/fault.js';

interface Unreadable {
  readonly code: string;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
}
interface Item {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: unknown;
  readonly ctx?: Readonly<Record<string, unknown>>;
}

const notAnObject = 'Input should be a valid dictionary or object to extract fields from';

/** The published 422 items of a request that could not be read; `undefined` for a problem that names no place in it. */
export function gatewayItems({ code, message, context }: Unreadable): Item[] | undefined {
  switch (code) {
    case 'invalid_json':
      return [
        { type: 'json_invalid', loc: ['body', Number(context.offset ?? 0)], msg: 'JSON decode error', input: {}, ctx: { error: message } },
      ];
    case 'unsupported_media_type':
      return [{ type: 'model_attributes_type', loc: ['body'], msg: notAnObject, input: context.input ?? null }];
    case 'validation_failed':
      return (context.fields as readonly FieldProblem[] | undefined)?.map((field) => ({
        type: field.rule ?? 'value_error',
        loc: [field.in ?? 'body', ...(field.field === '' ? [] : field.field.split('.'))],
        msg: field.rule === 'missing' ? 'Field required' : field.message,
        input: field.input ?? null,
        ...(field.ctx && { ctx: field.ctx }),
      }));
    default:
      return undefined;
  }
}

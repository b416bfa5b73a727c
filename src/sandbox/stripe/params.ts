import { z } from 'zod';
import type { Fields } from '../engine/wire.js';
import { malformed } from './errors.js';

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const whole = z
  .string()
  .regex(/^\d{1,15}$/, 'Invalid integer')
  .transform(Number);
const text = z.string().max(5000);
const metadata = z.record(z.string().max(40), z.string().max(500));
const expand = z.array(z.string()).optional();
const captureMethod = z.enum(['automatic', 'automatic_async', 'manual']);

const confirmation = {
  payment_method: text.optional(),
  return_url: z.url().optional(),
  off_session: flag.optional(),
  receipt_email: text.optional(),
  error_on_requires_action: flag.optional(),
  expand,
};

export const createParams = z.strictObject({
  ...confirmation,
  amount: whole,
  currency: z.string().regex(/^[A-Za-z]{3}$/, 'Invalid currency'),
  confirm: flag.optional(),
  capture_method: captureMethod.optional(),
  confirmation_method: z.enum(['automatic', 'manual']).optional(),
  metadata: metadata.optional(),
  description: text.optional(),
  customer: text.optional(),
  statement_descriptor_suffix: text.optional(),
  automatic_payment_methods: z.strictObject({ enabled: flag, allow_redirects: z.enum(['always', 'never']).optional() }).optional(),
});
export type CreateParams = z.infer<typeof createParams>;

export const confirmParams = z.strictObject({ ...confirmation, capture_method: captureMethod.optional() });
export const captureParams = z.strictObject({
  amount_to_capture: whole.optional(),
  // The rest is released: keeping it is a feature that accounts have to ask for.
  final_capture: z.literal('true').optional(),
  metadata: metadata.optional(),
  expand,
});
export const cancelParams = z.strictObject({
  cancellation_reason: z.enum(['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  expand,
});
export const refundParams = z.strictObject({
  payment_intent: text.optional(),
  charge: text.optional(),
  amount: whole.optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  metadata: metadata.optional(),
  expand,
});

const page = {
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/, 'Invalid integer')
    .transform(Number)
    .optional(),
  starting_after: text.optional(),
  ending_before: text.optional(),
  expand,
};
export const retrieveParams = z.strictObject({ expand });
export const listParams = z.strictObject({ ...page, customer: text.optional() });
export const refundListParams = z.strictObject({ ...page, payment_intent: text.optional(), charge: text.optional() });
export const searchParams = z.strictObject({ query: z.string().min(1), limit: page.limit, page: text.optional(), expand });

const nameOf = (path: readonly PropertyKey[]): string => {
  const [head = '', ...rest] = path.map(String);
  return head + rest.map((part) => `[${part}]`).join('');
};

/** @throws Refused */
export function readParams<Params>(schema: z.ZodType<Params>, fields: Fields): Params {
  const read = schema.safeParse(fields);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const param = nameOf([...issue.path, ...issue.keys.slice(0, 1)]);
    throw malformed(`Received unknown parameter: ${param}`, { code: 'parameter_unknown', param });
  }
  const param = nameOf(issue?.path ?? []);
  if (valueAt(fields, issue?.path ?? []) === undefined) {
    throw malformed(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
  }
  if (issue?.message === 'Invalid integer') throw malformed(`Invalid integer`, { code: 'parameter_invalid_integer', param });
  throw malformed(`Invalid ${param}`, { param });
}

const valueAt = (fields: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined), fields);

import { z } from 'zod';

export const providerNames = ['stripe', 'paypal', 'adyen'] as const;
export type ProviderName = (typeof providerNames)[number];

/** What a request is for, in one vocabulary for all providers. `authorize` is the step at which money is held or taken. */
export const operationNames = ['token', 'create', 'authorize', 'capture', 'void', 'refund', 'read'] as const;
export type OperationName = (typeof operationNames)[number];

/** `before`: nothing is applied. `after`: it is applied, and the client does not learn it. */
export const faultKinds = [
  'timeout_before',
  'timeout_after',
  'reset_before',
  'reset_after',
  'http500_after',
  'rate_limit',
  'conflict',
  'wrong_amount',
  'wrong_currency',
  'malformed',
] as const;
export type FaultKind = (typeof faultKinds)[number];

const share = z.number().min(0).max(1);
const shareOrNot = z.union([share, z.boolean().transform(Number)]).default(0);
const milliseconds = z.number().min(0).max(600_000);

const fault = z.strictObject({
  kind: z.enum(faultKinds),
  operation: z.enum(operationNames).optional(),
  /** The next so many requests; without it, all. */
  times: z.int().min(1).optional(),
  share: share.optional(),
});
export type Fault = z.infer<typeof fault>;

/** What is not given is as it is at first. */
export const settingsReader = z.strictObject({
  /** Of what a test method would approve. */
  successRate: share.default(1),
  latencyMs: z.union([milliseconds, z.strictObject({ p50: milliseconds, p99: milliseconds })]).default(0),
  outage: z.enum(['none', 'refuse', 'http500', 'hang']).default('none'),
  faults: z.array(fault).max(20).default([]),
  webhooks: z.strictObject({ delayMs: milliseconds.default(0), duplicate: shareOrNot, reorder: shareOrNot, drop: shareOrNot }).prefault({}),
  /** How far a search lags behind the books. */
  searchLagMs: milliseconds.default(0),
  /** How long a provider works on what it has only received. */
  settleMs: milliseconds.default(50),
});
export type Settings = z.infer<typeof settingsReader>;

/** Where webhooks go; `secret` is what the provider signs with: a signing secret, an HMAC key, or the id of the webhook. */
export const targetReader = z.strictObject({ url: z.url({ protocol: /^https?$/ }), secret: z.string().min(1).max(200) });
export type WebhookTarget = z.infer<typeof targetReader>;

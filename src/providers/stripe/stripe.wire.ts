import { z } from 'zod';

const units = z.int().min(0);

/** As much of a PaymentIntent as is looked at. */
export const intentSchema = z.object({
  id: z.string().min(1),
  object: z.literal('payment_intent'),
  status: z.enum([
    'requires_payment_method',
    'requires_confirmation',
    'requires_action',
    'processing',
    'requires_capture',
    'canceled',
    'succeeded',
  ]),
  amount: units,
  amount_received: units.default(0),
  currency: z.string().length(3),
  cancellation_reason: z.string().nullish(),
  metadata: z.record(z.string(), z.string()),
  last_payment_error: z
    .object({ code: z.string().nullish(), decline_code: z.string().nullish(), type: z.string().nullish(), message: z.string().nullish() })
    .nullish(),
  next_action: z.object({ redirect_to_url: z.object({ url: z.string().nullish() }).nullish() }).nullish(),
});
export type Intent = z.infer<typeof intentSchema>;

export const refundSchema = z.object({
  id: z.string().min(1),
  object: z.literal('refund'),
  status: z.enum(['pending', 'requires_action', 'succeeded', 'failed', 'canceled']),
  amount: units,
  currency: z.string().length(3),
  payment_intent: z.string(),
  metadata: z.record(z.string(), z.string()).nullish(),
});
export type IntentRefund = z.infer<typeof refundSchema>;

export const listOf = <Item extends z.ZodType>(item: Item) => z.object({ data: z.array(item), has_more: z.boolean() });

export const eventSchema = z.object({
  id: z.string().min(1),
  object: z.literal('event'),
  type: z.string().min(1),
  created: z.int(),
  data: z.object({
    object: z.object({
      id: z.string().nullish(),
      object: z.string(),
      payment_intent: z.string().nullish().catch(null),
      metadata: z.record(z.string(), z.string()).nullish(),
    }),
  }),
});

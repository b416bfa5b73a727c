import { z } from 'zod';

export const amountSchema = z.object({ currency_code: z.string().length(3), value: z.string().regex(/^\d{1,12}(\.\d{1,3})?$/) });
export type PaypalAmount = z.infer<typeof amountSchema>;
const links = z.array(z.object({ rel: z.string(), href: z.string() })).default([]);
const processor = z.object({ response_code: z.string().nullish() }).nullish();

const authorization = z.object({
  id: z.string().min(1),
  status: z.enum(['CREATED', 'CAPTURED', 'DENIED', 'EXPIRED', 'PARTIALLY_CAPTURED', 'VOIDED', 'PENDING']),
  amount: amountSchema,
  processor_response: processor,
});
const capture = z.object({
  id: z.string().min(1),
  status: z.enum(['COMPLETED', 'DECLINED', 'PARTIALLY_REFUNDED', 'PENDING', 'REFUNDED', 'FAILED']),
  amount: amountSchema,
  processor_response: processor,
});
export const refundSchema = z.object({
  id: z.string().min(1),
  status: z.enum(['CANCELLED', 'FAILED', 'PENDING', 'COMPLETED']),
  amount: amountSchema,
  invoice_id: z.string().nullish(),
});

export const orderSchema = z.object({
  id: z.string().min(1),
  status: z.enum(['CREATED', 'SAVED', 'APPROVED', 'VOIDED', 'COMPLETED', 'PAYER_ACTION_REQUIRED']),
  purchase_units: z
    .array(
      z.object({
        custom_id: z.string().nullish(),
        amount: amountSchema.optional(),
        payments: z
          .object({
            authorizations: z.array(authorization).default([]),
            captures: z.array(capture).default([]),
            refunds: z.array(refundSchema).default([]),
          })
          .prefault({}),
      }),
    )
    .length(1),
  links,
});
export type Order = z.infer<typeof orderSchema>;

export const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

export const errorSchema = z.object({
  name: z.string().min(1),
  message: z.string().default(''),
  details: z.array(z.object({ issue: z.string().nullish(), description: z.string().nullish() })).default([]),
  links,
});

export const eventSchema = z.object({
  id: z.string().min(1),
  event_type: z.string().min(1),
  create_time: z.iso.datetime({ offset: true }),
  resource_type: z.string().nullish(),
  resource: z.object({
    id: z.string().nullish(),
    custom_id: z.string().nullish(),
    purchase_units: z.array(z.object({ custom_id: z.string().nullish() })).nullish(),
    supplementary_data: z.object({ related_ids: z.object({ order_id: z.string().nullish() }).nullish() }).nullish(),
  }),
});

import { z } from 'zod';

const amountSchema = z.object({ currency: z.string().length(3), value: z.int().min(0) });
export type AdyenAmount = z.infer<typeof amountSchema>;

export const paymentSchema = z.object({
  pspReference: z.string().min(1),
  merchantReference: z.string(),
  resultCode: z.enum([
    'Authorised',
    'PartiallyAuthorised',
    'Refused',
    'Error',
    'Cancelled',
    'RedirectShopper',
    'ChallengeShopper',
    'IdentifyShopper',
    'PresentToShopper',
    'Pending',
    'Received',
    'AuthenticationFinished',
    'AuthenticationNotRequired',
  ]),
  amount: amountSchema.optional(),
  refusalReason: z.string().optional(),
  refusalReasonCode: z.string().optional(),
  action: z.object({ url: z.string().optional() }).optional(),
});
export type AdyenPayment = z.infer<typeof paymentSchema>;

export const modificationSchema = z.object({
  status: z.literal('received'),
  pspReference: z.string().min(1),
  paymentPspReference: z.string().min(1),
  reference: z.string(),
  amount: amountSchema.optional(),
});
export type AdyenModification = z.infer<typeof modificationSchema>;

export const errorSchema = z.object({ errorCode: z.string(), message: z.string().default('') });

export const itemSchema = z.object({
  eventCode: z.string().min(1),
  success: z.enum(['true', 'false']),
  pspReference: z.string().min(1),
  originalReference: z.string().optional(),
  merchantAccountCode: z.string(),
  merchantReference: z.string().default(''),
  amount: amountSchema,
  eventDate: z.iso.datetime({ offset: true }),
  additionalData: z.object({ hmacSignature: z.string().optional() }).optional(),
});
export type AdyenItem = z.infer<typeof itemSchema>;

export const notificationSchema = z.object({
  notificationItems: z.array(z.object({ NotificationRequestItem: itemSchema })).min(1),
});

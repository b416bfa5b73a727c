export const providers = ['Stripe', 'PayPal', 'Adyen'] as const;
/** Who takes payments, by the name that surfaces show. */
export type Provider = (typeof providers)[number];

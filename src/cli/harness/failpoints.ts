/** Every place in the way of a payment at which a server is killed. */
export const flowFailpoints = [
  'payments.begun',
  'payments.remembered',
  'payments.answered',
  'payments.settled',
  'payments.refund-begun',
  'payments.refund-answered',
  'payments.refund-settled',
  'payments.resolved',
] as const;

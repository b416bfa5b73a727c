import Stripe from 'stripe';

/** How far Stripe's clock may be away, to either side. */
const toleranceSeconds = 300;

/** Whether Stripe signed these bytes within the last minutes. The SDK looks only at signatures that are too old. */
export function isSignedByStripe(stripe: Stripe, body: Buffer, header: unknown, secret: string, now: Date): boolean {
  if (typeof header !== 'string') return false;
  const [time, ...others] = header.split(',').filter((part) => part.trim().startsWith('t='));
  if (time === undefined || others.length > 0) return false;
  if (Number(time.trim().slice(2)) - now.getTime() / 1000 > toleranceSeconds) return false;
  try {
    stripe.webhooks.signature?.verifyHeader(body, header, secret, toleranceSeconds, undefined, now.getTime());
    return stripe.webhooks.signature !== null;
  } catch {
    return false;
  }
}

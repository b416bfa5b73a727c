import { createHash } from 'node:crypto';
import type { ObjectIdHex } from '../kernel/ids.js';
import type { PaymentState } from '../payments/payment-states.js';
import type { Attempt, Payment } from '../payments/payment.js';
import { type Provider, providers } from '../payments/provider.js';

export interface DemoOwner {
  readonly id: string;
  readonly email: string;
}
interface Plan {
  readonly tenantId: string;
  readonly owners: readonly DemoOwner[];
  readonly count: number;
  readonly seed: number;
  /** The payments lie in the 365 days before. */
  readonly until: Date;
}

const dayMs = 86_400_000;
const merchants = ['Amazon', 'Spotify', 'Airbnb', 'Zalando', 'Netflix', 'Uber', 'Deliveroo', 'Ryanair', 'Etsy', 'Ocado'];
const types = ['subscription', 'card', 'invoice', 'one-off', 'refundable-deposit'];
const customers = ['Ava Reed', 'Noah Patel', 'Mia Novak', 'Liam Okafor', 'Zoe Martin', 'Omar Haddad', 'Ella Jensen', 'Kai Tanaka'];
const places = [
  { currency: 'GBP', region: 'UK' },
  { currency: 'EUR', region: 'DE' },
  { currency: 'EUR', region: 'FR' },
  { currency: 'USD', region: 'US' },
] as const;
const typicalLatencyMs: Readonly<Record<Provider, number>> = { Stripe: 120, PayPal: 240, Adyen: 160 };

/** A year of payments that is the same for the same seed and end. */
export function demoPayments({ tenantId, owners, count, seed, until }: Plan): Payment[] {
  const random = randomOf(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const moments = Array.from({ length: count }, () => until.getTime() - Math.floor(random() * 365 * dayMs)).sort(
    (one, other) => one - other,
  );
  return moments.map((millis, index) => {
    const [owner, place, customer] = [pick(owners), pick(places), pick(customers)];
    const initiatedAt = new Date(millis);
    const state = stateOf(random());
    return {
      id: idOf(seed, index, initiatedAt),
      tenantId,
      ownerId: owner.id,
      createdBy: owner.email,
      merchant: pick(merchants),
      paymentType: pick(types),
      amountMinor: 100 + Math.floor(random() ** 3 * 250_000),
      ...place,
      state,
      customer: { name: customer, email: `${customer.toLowerCase().replace(' ', '.')}@example.com`, country: place.region },
      attempts: attemptsOf(state, pick(providers), random),
      decisions: [],
      initiatedAt,
      createdAt: initiatedAt,
      updatedAt: initiatedAt,
      rev: 1,
    };
  });
}

function stateOf(chance: number): PaymentState {
  if (chance < 0.78) return 'captured';
  return chance < 0.9 ? 'declined' : 'created';
}

/** A failed first try is retried elsewhere; a payment that is still open may not have been tried. */
function attemptsOf(state: PaymentState, first: Provider, random: () => number): Attempt[] {
  const attempt = (provider: Provider, result: Attempt['result']): Attempt => {
    return { provider, result, latencyMs: Math.round(typicalLatencyMs[provider] * (0.5 + random() ** 2 * 2)) };
  };
  const next = providers[(providers.indexOf(first) + 1) % providers.length] as Provider;
  const failedBefore = random() < 0.2 ? [attempt(first, 'failure')] : [];
  if (state === 'created') return failedBefore;
  return [...failedBefore, attempt(failedBefore.length > 0 ? next : first, state === 'captured' ? 'success' : 'failure')];
}

function idOf(seed: number, index: number, at: Date): ObjectIdHex {
  const seconds = Math.floor(at.getTime() / 1000)
    .toString(16)
    .padStart(8, '0');
  return (seconds + createHash('sha256').update(`demo ${seed} ${index}`).digest('hex').slice(0, 16)) as ObjectIdHex;
}

/** mulberry32, a generator of 32 bits of state (public domain, by Tommy Ettinger). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

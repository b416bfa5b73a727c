import { demoPayments } from './demo-payments.js';

const until = new Date('2026-06-01T12:00:00Z');
const plan = {
  tenantId: 'ten_default',
  owners: [
    { id: 'usr_1', email: 'a@b.c' },
    { id: 'usr_2', email: 'd@e.f' },
  ],
  count: 2_000,
  seed: 1,
  until,
};

it('makes the same year twice', () => {
  expect(demoPayments(plan)).toEqual(demoPayments(plan));
});

it('makes different ids, moments of the last 365 days, and every provider, status and owner', () => {
  const payments = demoPayments(plan);
  expect(new Set(payments.map(({ id }) => id)).size).toBe(2_000);
  expect(payments.every(({ initiatedAt }) => initiatedAt <= until && initiatedAt.getTime() > until.getTime() - 365 * 86_400_000)).toBe(
    true,
  );
  expect(new Set(payments.flatMap(({ attempts }) => attempts.map(({ provider }) => provider)))).toEqual(
    new Set(['Stripe', 'PayPal', 'Adyen']),
  );
  expect(new Set(payments.map(({ state }) => state))).toEqual(new Set(['captured', 'declined', 'created']));
  expect(new Set(payments.map(({ ownerId }) => ownerId))).toEqual(new Set(['usr_1', 'usr_2']));
});

it('ends every payment as its last attempt did', () => {
  const ends = new Set(demoPayments(plan).map(({ state, attempts }) => `${state}:${attempts.at(-1)?.result ?? 'none'}`));
  expect(ends).toEqual(new Set(['captured:success', 'declined:failure', 'created:failure', 'created:none']));
});

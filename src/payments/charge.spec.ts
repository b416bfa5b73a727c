import type { ChargedPayment } from './charge.js';
import { chargeStatusOf, completionText, currencySent, settled } from './charge.js';
import { states } from './payment-states.js';

const at = new Date('2026-11-21T01:50:18.454Z');
const charged = (more: object = {}): ChargedPayment =>
  ({
    amountMinor: 10_010,
    currency: 'us',
    state: 'created',
    rev: 1,
    customer: { name: 'Bob', email: '', country: '' },
    charge: { id: 'txn_0123456789ab', details: '', webhookUrl: null, currency: 'us' },
    ...more,
  }) as unknown as ChargedPayment;

it.each(states)('what is %s has one of the three published outcomes', (state) => {
  const outcome = {
    captured: 'completed',
    partially_refunded: 'completed',
    refunded: 'completed',
    declined: 'failed',
    cancelled: 'failed',
    expired: 'failed',
  };
  expect(chargeStatusOf({ state })).toBe((outcome as Record<string, string>)[state] ?? 'pending');
});

it('is settled where nobody has touched it', () => {
  expect(settled(charged(), at)).toMatchObject({ state: 'captured', rev: 2, updatedAt: at });
});

it.each(states.filter((state) => state !== 'created'))('stays as it is where it is %s', (state) => {
  const payment = charged({ state });
  expect(settled(payment, at)).toBe(payment);
});

it('what is gone is not settled', () => {
  expect(settled(null, at)).toBeNull();
});

it.each([
  ['us', 'us', 'us'],
  ['gbp', 'GBP', 'gbp'],
  ['gbp', 'EUR', 'EUR'],
  ['', '', ''],
])('a currency sent as %j and stored as %j is shown as %j', (sent, currency, shown) => {
  expect(currencySent(charged({ currency, charge: { ...charged().charge, currency: sent } }))).toBe(shown);
});

it.each([
  ['Bob', 10_010, 'us', '"customerName":"Bob","amount":100.1,"currency":"us"'],
  ['Zoë', 25_000, 'us', '"customerName":"Zo\\u00eb","amount":250,"currency":"us"'],
  ['\u{1F642}\u007f\u2028"\\/', 1, 'us', '"customerName":"\\ud83d\\ude42\\u007f\\u2028\\"\\\\/","amount":0.01,"currency":"us"'],
  ['\ud800', 999_999_999_999, 'JPY', '"customerName":"\\ud800","amount":999999999999,"currency":"us"'],
])('the notice of %j is ASCII', (name, amountMinor, currency, data) => {
  const payment = charged({ amountMinor, currency, customer: { name, email: '', country: '' } });
  const shown = currency === 'us' ? data : data.replace('"us"', '"JPY"');
  expect(completionText(payment, at)).toBe(
    `{"event":"payment.completed","id":"txn_0123456789ab","timestamp":"2026-11-21T01:50:18.454000Z","data":{${shown},"status":"completed"}}`,
  );
});

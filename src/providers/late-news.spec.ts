import { eventually } from '../../test/support/eventually.js';
import { sandboxAccounts } from '../../test/support/providers/sandbox-accounts.js';
import { BenchSandbox } from '../../test/support/providers/sandbox-bench.js';
import { paid, Trial } from '../../test/support/providers/trial.js';
import type { ProviderResult } from './payment-provider.js';

let sandbox: BenchSandbox;
beforeAll(async () => {
  sandbox = await BenchSandbox.open();
});
afterAll(() => sandbox.close());

/** As many results of an operation as are expected, in the order in which they come. */
const results = (trial: Trial, name: string, operation: ProviderResult['operation'], count: number) =>
  eventually(async () => {
    await trial.books();
    const told = sandbox.sent(name, trial.reference).flatMap(({ body }) => trial.provider.parseWebhook(body));
    const ofIt = told.flatMap(({ result }) => (result?.operation === operation ? [result] : []));
    return ofIt.length === count && ofIt;
  });
const method = (token: string) => ({ type: 'card', token });

describe('Adyen, which cannot be asked, tells', () => {
  const begin = async () => new Trial(await sandbox.bench(sandboxAccounts.adyen));

  it('that a capture was done, and that it was taken back', async () => {
    const trial = await begin();
    const asked = trial.authorization(1250, { method: method('tok_adyen_capturefail'), capture: 'later' });
    paid(await trial.provider.capture(trial.capture(paid(await trial.provider.authorize(asked)), 1000)));
    expect(await results(trial, 'adyen', 'capture', 2)).toMatchObject([
      { isDone: true, amountMinor: 1000, currency: 'GBP' },
      { isDone: false, amountMinor: 1000, currency: 'GBP' },
    ]);
    expect(await trial.provider.query({ reference: trial.reference })).toMatchObject({ outcome: 'unknown' });
  });

  it('that a refund was done, and that it was taken back, by the name that the refund has', async () => {
    const trial = await begin();
    const payment = paid(await trial.provider.authorize(trial.authorization(1250, { method: method('tok_adyen_refundfail') })));
    const { refunds } = paid(await trial.provider.refund(trial.refund(payment, 1000)));
    expect(refunds).toMatchObject([{ amountMinor: 1000, state: 'pending' }]);
    expect(await results(trial, 'adyen', 'refund', 2)).toMatchObject([
      { isDone: true, amountMinor: 1000, operationId: refunds[0]?.providerId },
      { isDone: false, amountMinor: 1000, operationId: refunds[0]?.providerId },
    ]);
  });

  it('that a refund of more than was captured came to nothing', async () => {
    const trial = await begin();
    const payment = await trial.captured(1250);
    paid(await trial.provider.refund(trial.refund(payment, 1251)));
    expect(await results(trial, 'adyen', 'refund', 1)).toMatchObject([{ isDone: false, amountMinor: 1251 }]);
  });

  it('that an authorization was given up', async () => {
    const trial = await begin();
    const { state, currency } = paid(await trial.provider.void(trial.followup(await trial.authorized(1250))));
    expect({ state, currency }).toEqual({ state: 'processing', currency: 'XXX' });
    expect(await results(trial, 'adyen', 'void', 1)).toMatchObject([{ isDone: true, currency: 'GBP' }]);
  });
});

describe('a refund by Stripe', () => {
  it('is pending until it has arrived', async () => {
    const trial = new Trial(await sandbox.bench(sandboxAccounts.stripe));
    const payment = paid(await trial.provider.authorize(trial.authorization(1250, { method: method('pm_card_pendingRefund') })));
    const { refunds } = paid(await trial.provider.refund(trial.refund(payment, 1000)));
    expect(refunds).toMatchObject([{ amountMinor: 1000, state: 'pending' }]);
    await trial.books();
    const found = await trial.provider.query({ reference: trial.reference, providerId: payment.providerId });
    expect(found).toMatchObject({ payment: { refundedMinor: 1000, refunds: [{ amountMinor: 1000, state: 'succeeded' }] } });
  });

  it('counts no more once it has failed', async () => {
    const trial = new Trial(await sandbox.bench(sandboxAccounts.stripe));
    const payment = paid(await trial.provider.authorize(trial.authorization(1250, { method: method('pm_card_refundFail') })));
    paid(await trial.provider.refund(trial.refund(payment, 1000)));
    await trial.books();
    const found = await trial.provider.query({ reference: trial.reference, providerId: payment.providerId });
    expect(found).toMatchObject({ payment: { refundedMinor: 0, refunds: [{ amountMinor: 1000, state: 'failed' }] } });
  });
});

import { describeProvider } from '../../test/support/providers/conformance.js';
import { declineTokens, sandboxAccounts } from '../../test/support/providers/sandbox-accounts.js';
import { BenchSandbox } from '../../test/support/providers/sandbox-bench.js';
import { paid, Trial } from '../../test/support/providers/trial.js';
import { eventually } from '../../test/support/eventually.js';
import { declineCategories } from './decline.js';

let sandbox: BenchSandbox;
beforeAll(async () => {
  sandbox = await BenchSandbox.open();
});
afterAll(() => sandbox.close());

describeProvider('Stripe', () => sandbox.bench(sandboxAccounts.stripe));
describeProvider('PayPal', () => sandbox.bench(sandboxAccounts.paypal));
describeProvider('Adyen', () => sandbox.bench(sandboxAccounts.adyen));

describe.each(['stripe', 'paypal', 'adyen'] as const)('every decline that the sandbox can send as %s', (name) => {
  it('has a category, and none is `other`', async () => {
    const bench = await sandbox.bench(sandboxAccounts[name]);
    const categories: Record<string, string> = {};
    for (const token of declineTokens[name]) {
      const trial = new Trial(bench);
      const outcome = await trial.provider.authorize(trial.authorization(1250, { method: { type: 'card', token } }));
      categories[token] = outcome.outcome === 'none' ? outcome.decline.category : outcome.outcome;
    }
    const mapped: readonly string[] = declineCategories.filter((category) => category !== 'other');
    expect(Object.entries(categories).filter(([, category]) => !mapped.includes(category))).toEqual([]);
    expect(Object.keys(categories).length).toBeGreaterThan(25);
  });
});

describe.each([
  ['stripe', 'pm_card_authenticationRequired'],
  ['paypal', 'tok_paypal_3ds'],
] as const)('a payment by %s that its customer has to allow', (name, token) => {
  const begin = async () => {
    const trial = new Trial(await sandbox.bench(sandboxAccounts[name]));
    const asked = trial.authorization(1250, { method: { type: 'card', token } });
    const { providerId, actionUrl = '', ...payment } = paid(await trial.provider.authorize(asked));
    expect(payment).toMatchObject({ state: 'requires_action', authorizedMinor: 0, capturedMinor: 0 });
    const decide = async (decision: string) => expect((await fetch(`${actionUrl}/${decision}`, { method: 'POST' })).status).toBe(200);
    return { trial, asked, decide, find: () => trial.provider.query({ reference: trial.reference, providerId }) };
  };

  it('is paid when they do', async () => {
    const { trial, asked, decide, find } = await begin();
    expect(await find()).toMatchObject({ outcome: 'found', payment: { state: 'requires_action', actionUrl: expect.any(String) } });
    await decide('approve');
    const found = await find();
    if (found.outcome === 'found' && found.payment.state === 'requires_action') {
      expect(found.payment.actionUrl).toBeUndefined();
      expect(await trial.provider.authorize(asked)).toMatchObject({ outcome: 'applied', payment: { state: 'captured' } });
    }
    expect(await find()).toMatchObject({ outcome: 'found', payment: { state: 'captured', capturedMinor: 1250 } });
    expect(await trial.books()).toMatchObject({ authorizations: 1, captures: 1, capturedMinor: 1250 });
  });

  it('is not paid when they do not', async () => {
    const { trial, decide, find } = await begin();
    await decide('decline');
    const found = await find();
    if (name === 'paypal') expect(found).toEqual({ outcome: 'absent' });
    else expect(found).toMatchObject({ payment: { state: 'declined', decline: { category: 'authentication_failed' } } });
    expect(await trial.books()).toMatchObject({ authorizations: 0, captures: 0 });
  });
});

describe('what a provider tells much later', () => {
  it.each([
    ['tok_adyen_capturefail', 'capture'],
    ['tok_adyen_refundfail', 'refund'],
  ] as const)('of Adyen: with %s the %s is taken back', async (token, operation) => {
    const bench = await sandbox.bench(sandboxAccounts.adyen);
    const trial = new Trial(bench);
    const method = { type: 'card', token };
    const payment = paid(
      await trial.provider.authorize(trial.authorization(1250, { method, capture: operation === 'capture' ? 'later' : 'now' })),
    );
    const done =
      operation === 'capture' ? trial.provider.capture(trial.capture(payment, 1000)) : trial.provider.refund(trial.refund(payment, 1000));
    const { refunds } = paid(await done);
    const results = await eventually(() => {
      const told = sandbox.sent('adyen', trial.reference).flatMap(({ body }) => trial.provider.parseWebhook(body));
      const ofIt = told.flatMap(({ result }) => (result?.operation === operation ? [result] : []));
      return ofIt.length === 2 && ofIt;
    });
    expect(results).toMatchObject([
      { isDone: true, amountMinor: 1000, currency: 'GBP' },
      { isDone: false, amountMinor: 1000, currency: 'GBP' },
    ]);
    if (operation === 'refund') expect(results[0]?.operationId).toBe(refunds[0]?.providerId);
  });
});

import { sandboxAccounts } from '../../test/support/providers/sandbox-accounts.js';
import { BenchSandbox } from '../../test/support/providers/sandbox-bench.js';
import { paid, Trial } from '../../test/support/providers/trial.js';

let sandbox: BenchSandbox;
beforeAll(async () => {
  sandbox = await BenchSandbox.open();
});
afterAll(() => sandbox.close());

const cases = [
  {
    name: 'stripe',
    token: 'pm_card_authenticationRequired',
    // Stripe goes on by itself, and its first answer to the key stays the answer.
    allowed: { outcome: 'found', payment: { state: 'captured', capturedMinor: 1250 } },
    repeated: { outcome: 'applied', payment: { state: 'requires_action' } },
    refused: { outcome: 'found', payment: { state: 'declined', decline: { category: 'authentication_failed' } } },
  },
  {
    name: 'paypal',
    token: 'tok_paypal_3ds',
    // PayPal waits until the order is paid again.
    allowed: { outcome: 'found', payment: { state: 'requires_action', capturedMinor: 0 } },
    repeated: { outcome: 'applied', payment: { state: 'captured', capturedMinor: 1250 } },
    refused: { outcome: 'absent' },
  },
] as const;

describe.each(cases)('a payment by $name that its customer has to allow', ({ name, token, allowed, repeated, refused }) => {
  const begin = async () => {
    const trial = new Trial(await sandbox.bench(sandboxAccounts[name]));
    const asked = trial.authorization(1250, { method: { type: 'card', token } });
    const { providerId, actionUrl = '', ...payment } = paid(await trial.provider.authorize(asked));
    expect(payment).toMatchObject({ state: 'requires_action', authorizedMinor: 0, capturedMinor: 0 });
    const decide = async (decision: string) => expect((await fetch(`${actionUrl}/${decision}`, { method: 'POST' })).status).toBe(200);
    return { trial, asked, decide, find: () => trial.provider.query({ reference: trial.reference, providerId }) };
  };

  it('is paid once when they do', async () => {
    const { trial, asked, decide, find } = await begin();
    expect(await find()).toMatchObject({ outcome: 'found', payment: { state: 'requires_action', actionUrl: expect.any(String) } });
    await decide('approve');
    expect(await find()).toMatchObject(allowed);
    expect(await find()).not.toHaveProperty('payment.actionUrl');
    expect(await trial.provider.authorize(asked)).toMatchObject(repeated);
    expect(await trial.provider.authorize(asked)).toMatchObject(repeated);
    expect(await find()).toMatchObject({ outcome: 'found', payment: { state: 'captured', capturedMinor: 1250 } });
    expect(await trial.books()).toMatchObject({ authorizations: 1, captures: 1, capturedMinor: 1250 });
  });

  it('is not paid when they do not', async () => {
    const { trial, decide, find } = await begin();
    await decide('decline');
    expect(await find()).toMatchObject(refused);
    expect(await trial.books()).toMatchObject({ authorizations: 0, captures: 0 });
  });
});

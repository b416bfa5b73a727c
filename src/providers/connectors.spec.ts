import { describeProvider } from '../../test/support/providers/conformance.js';
import { declineTokens, sandboxAccounts } from '../../test/support/providers/sandbox-accounts.js';
import { BenchSandbox } from '../../test/support/providers/sandbox-bench.js';
import { Trial } from '../../test/support/providers/trial.js';
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

import { describeProvider } from '../../test/support/providers/conformance.js';
import { sandboxAccounts } from '../../test/support/providers/sandbox-accounts.js';
import { BenchSandbox } from '../../test/support/providers/sandbox-bench.js';

let sandbox: BenchSandbox;
beforeAll(async () => {
  sandbox = await BenchSandbox.open();
});
afterAll(() => sandbox.close());

describeProvider('Stripe', () => sandbox.bench(sandboxAccounts.stripe));
describeProvider('PayPal', () => sandbox.bench(sandboxAccounts.paypal));
describeProvider('Adyen', () => sandbox.bench(sandboxAccounts.adyen));

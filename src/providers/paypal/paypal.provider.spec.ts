import { sandboxAccounts } from '../../../test/support/providers/sandbox-accounts.js';
import { BenchSandbox } from '../../../test/support/providers/sandbox-bench.js';
import { paid, Trial } from '../../../test/support/providers/trial.js';

let sandbox: BenchSandbox;
let trial: Trial;
beforeAll(async () => {
  sandbox = await BenchSandbox.open();
});
beforeEach(async () => {
  trial = new Trial(await sandbox.bench(sandboxAccounts.paypal));
});
afterAll(() => sandbox.close());

it('has the name of the order remembered before any money moves', async () => {
  const seen: unknown[] = [];
  const remember = async (providerId: string) => {
    const { authorizations, captures } = await trial.books();
    seen.push({ providerId, authorizations, captures });
  };
  const { providerId } = paid(await trial.provider.authorize(trial.authorization(1250, { remember })));
  expect(seen).toEqual([{ providerId, authorizations: 0, captures: 0 }]);
});

it('moves no money where the name cannot be remembered', async () => {
  const provider = trial.bench.connect();
  const remember = () => Promise.reject(new Error('The database is away'));
  await expect(provider.authorize(trial.authorization(1250, { remember }))).rejects.toThrow('The database is away');
  expect(await trial.books()).toMatchObject({ authorizations: 0, captures: 0 });
});

it('says of an order that was never paid, or never remembered, that there is no payment', async () => {
  let orderId = '';
  const remember = async (id: string) => void (orderId = id);
  await trial.bench.arrange('reset before', 'authorize');
  expect(await trial.provider.authorize(trial.authorization(1250, { remember }))).toMatchObject({ outcome: 'unknown' });
  const { reference } = trial;
  expect(await trial.provider.query({ reference, providerId: orderId })).toEqual({ outcome: 'absent' });
  expect(await trial.provider.query({ reference })).toEqual({ outcome: 'absent' });
  expect(await trial.provider.query({ reference: 'pay_other', providerId: orderId })).toMatchObject({ outcome: 'unknown' });
});

it('pays an order once, though the key of the first try is forgotten', async () => {
  let providerId = '';
  const remember = async (id: string) => void (providerId = id);
  await trial.bench.arrange('reset after', 'authorize');
  const asked = trial.authorization(1250, { remember });
  expect(await trial.provider.authorize(asked)).toMatchObject({ outcome: 'unknown' });
  const late = { ...asked, idempotencyKey: 'another', providerId, isRepeat: true };
  const payment = { providerId, state: 'captured', capturedMinor: 1250 };
  expect(await trial.provider.authorize(late)).toMatchObject({ outcome: 'applied', payment });
  expect(await trial.books()).toMatchObject({ providerId, authorizations: 1, captures: 1 });
});

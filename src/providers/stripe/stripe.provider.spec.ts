import { sandboxAccounts } from '../../../test/support/providers/sandbox-accounts.js';
import { BenchSandbox } from '../../../test/support/providers/sandbox-bench.js';
import { Trial } from '../../../test/support/providers/trial.js';

let sandbox: BenchSandbox;
beforeAll(async () => {
  sandbox = await BenchSandbox.open();
});
afterAll(() => sandbox.close());

const hourMs = 3_600_000;

describe('a search that finds nothing', () => {
  it.each([
    [undefined, 'unknown'],
    [hourMs, 'unknown'],
    [hourMs + 1, 'absent'],
  ])('of what has been quiet for %s ms says: %s', async (quietForMs, outcome) => {
    const { provider, reference } = new Trial(await sandbox.bench(sandboxAccounts.stripe));
    expect(await provider.query({ reference, ...(quietForMs !== undefined && { quietForMs }) })).toMatchObject({ outcome });
  });
});

it('does not choose among several payments of one reference', async () => {
  const trial = new Trial(await sandbox.bench(sandboxAccounts.stripe));
  await trial.captured(1250);
  await trial.captured(1250);
  expect(await trial.provider.query({ reference: trial.reference, quietForMs: hourMs + 1 })).toMatchObject({ outcome: 'unknown' });
});

it('finds a reference with quotes in it', async () => {
  const trial = new Trial(await sandbox.bench(sandboxAccounts.stripe));
  const reference = `pay_it's "1" ${trial.reference}`;
  await trial.provider.authorize(trial.authorization(1250, { reference }));
  expect(await trial.provider.query({ reference })).toMatchObject({ outcome: 'found', payment: { reference } });
});

import fc from 'fast-check';
import type { Trouble } from '../../test/support/providers/bench.js';
import { sandboxAccounts } from '../../test/support/providers/sandbox-accounts.js';
import { BenchSandbox } from '../../test/support/providers/sandbox-bench.js';
import { Trial } from '../../test/support/providers/trial.js';
import { scale } from '../../test/support/random.js';
import type { Outcome, ProviderPayment } from './payment-provider.js';

let sandbox: BenchSandbox;
beforeAll(async () => {
  sandbox = await BenchSandbox.open();
});
afterAll(() => sandbox.close());

const trouble = fc.constantFrom<(Trouble | undefined)[]>(
  undefined,
  'reset before',
  'reset after',
  'server error after',
  'malformed',
  'in flight',
  'rate limit',
);
const step = fc.record({
  kind: fc.constantFrom('capture' as const, 'refund' as const, 'void' as const),
  minor: fc.integer({ min: 1, max: 1500 }),
  trouble,
});

/** What the product knows by the end of an operation: whatever goes wrong, it is repeated until it is known. */
async function known(
  trial: Trial,
  kind: 'authorize' | 'capture' | 'refund' | 'void',
  met: Trouble | undefined,
  act: (isRepeat: boolean) => Promise<Outcome>,
) {
  if (met !== undefined) await trial.bench.arrange(met, kind);
  let outcome = await act(false);
  for (let times = 0; outcome.outcome === 'unknown' && times < 3; times++) outcome = await act(true);
  // What was arranged for an operation that never got there would meet the next one.
  if (met !== undefined) await trial.bench.calm();
  expect(outcome.outcome).not.toBe('unknown');
  return outcome;
}

describe.each(['stripe', 'paypal', 'adyen'] as const)('whatever happens on the way to %s', (name) => {
  it('the books are what the connector said, and each operation had one effect', async () => {
    const bench = await sandbox.bench(sandboxAccounts[name]);
    await fc.assert(
      fc.asyncProperty(
        trouble,
        fc.constantFrom('now' as const, 'later' as const),
        fc.array(step, { maxLength: 6 }),
        async (first, capture, steps) => {
          const trial = new Trial(bench);
          const { provider } = trial;
          const asked = trial.authorization(1250, { capture });
          const begun = await known(trial, 'authorize', first, (isRepeat) => provider.authorize({ ...asked, isRepeat }));
          const applied = { capture: 0, refund: 0, void: 0 };
          let payment = begun.outcome === 'applied' ? begun.payment : undefined;
          for (const { kind, minor, trouble: met } of payment ? steps : []) {
            const operation = { ...trial.refund(payment as ProviderPayment, minor), isRepeat: false };
            const outcome = await known(trial, kind, met, (isRepeat) => provider[kind]({ ...operation, isRepeat }));
            // Before the next one, all that was only received is done.
            await trial.books();
            if (outcome.outcome !== 'applied') continue;
            applied[kind]++;
            payment = outcome.payment;
            await trial.agrees(payment);
          }
          const books = await bench.books(trial.reference);
          const { authorizedMinor = 0, capturedMinor = 0, refundedMinor = 0, authorizations = 0, captures = 0, refunds = 0 } = books ?? {};
          expect([authorizedMinor >= capturedMinor, capturedMinor >= refundedMinor]).toEqual([true, true]);
          const paidAtOnce = payment && capture === 'now' ? 1 : 0;
          const told = { authorizations: payment ? 1 : 0, captures: applied.capture + paidAtOnce, refunds: applied.refund };
          // What Adyen has received may come to nothing; what the others say that they have done they have done.
          const atMost = { ...told, captures: Math.min(captures, told.captures), refunds: Math.min(refunds, told.refunds) };
          expect({ authorizations, captures, refunds }).toEqual(name === 'adyen' ? atMost : told);
        },
      ),
      { numRuns: scale(25, 500) },
    );
  });
});

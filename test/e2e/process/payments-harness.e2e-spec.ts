import { join } from 'node:path';
import { flowFailpoints } from '../../../src/cli/harness/failpoints.js';
import { failpointsOf } from '../../support/failpoints.js';
import { newSeed, scale } from '../../support/random.js';
import { runProgram } from '../../support/run-program.js';

const seed = newSeed();
const count = scale(500, 10_000);

it('kills servers at every failpoint that there is', () => {
  expect([...new Set(failpointsOf('payments'))]).toEqual([...flowFailpoints].sort());
});

it(
  'loses no money and moves none twice while servers are killed and providers fail',
  async () => {
    const program = join(__dirname, '../../../dist/bundle/payops.js');
    const words = [program, 'harness', 'payments', '--count', String(count), '--seed', String(seed)];
    const printed = await runProgram(words, { maxBuffer: 2 ** 24 }).catch(
      // It ends with 1 where anything differs, and has said what.
      ({ stdout, message }: Error & { readonly stdout?: string }) => stdout || message,
    );
    process.stdout.write(`payments-harness: ${printed}\n`);
    expect(printed.split('\n').filter((line) => /^(BAD|MISSED)/.test(line))).toEqual([]);
    expect(printed).toContain('0 differences (none)\n');
  },
  scale(900_000, 14_400_000),
);

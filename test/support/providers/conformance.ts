import type { Bench } from './bench.js';
import { moneyChecks } from './money-checks.js';
import type { Check } from './trial.js';
import { troubleChecks } from './trouble-checks.js';
import { webhookChecks } from './webhook-checks.js';

/** Everything that a connector promises, each check a function that throws where it does not hold. */
export const checks: readonly Check[] = [...moneyChecks, ...troubleChecks, ...webhookChecks];

/** Holds a connector to it, each check at a bench of its own. */
export function describeProvider(name: string, open: () => Promise<Bench>): void {
  describe(`${name} conforms: it`, () => {
    it.each(checks)('$name', async (check) => {
      const bench = await open();
      try {
        await check.run(bench);
      } finally {
        await bench.close();
      }
    });
  });
}

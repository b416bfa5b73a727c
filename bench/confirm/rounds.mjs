import { asFigures, takeTurns } from '../load.mjs';
import { memoryOf } from '../machine.mjs';
import { progress } from '../results.mjs';
import { asMillis, asPercent, ratio } from '../stats.mjs';
import { Books, PaymentsAudit, settled } from './audit.mjs';
import { asMegabytes, openStage } from './stage.mjs';

const connections = 64;
const leastShare = 0.5;

/**
 * Payments that are confirmed as they are made, against the same calls and writes and nothing else, and against the provider alone.
 * @param {string} mongod
 * @param {import('../report.mjs').Rounds} options
 */
export async function measureRounds(mongod, options) {
  const { db, product, bare, sandbox, headers } = await openStage(mongod);
  const what = `confirmed payment, ${connections} connections`;
  progress(what);
  const load = ({ url }) => [{ url: `${url}/api/v1/payments`, headers, make: { what: 'confirmation' }, connections }];
  const calls = [{ url: `${sandbox.url}/v1/payment_intents`, headers: {}, make: { what: 'call' }, connections }];
  const [books, ours, theirs] = [new Books(sandbox.url), new PaymentsAudit(db, 'payments'), new PaymentsAudit(db, 'bare_payments')];
  const megabytes = [];
  const series = await takeTurns(
    options,
    { ours: load(product), bare: load(bare), calls },
    async (done) => {
      megabytes.push(await memoryOf(product.pid));
      const booked = await books.take();
      await ours.assertMore(done.ours, booked);
      await theirs.assertMore(done.bare, booked);
    },
    () => settled(db),
  );
  const share = ratio(series.ours.all('rate'), series.bare.all('rate'));
  const ofCalls = (one) => asPercent(ratio(one.all('rate'), series.calls.all('rate')));
  return [
    {
      what,
      figures: `product ${asFigures(series.ours)}; bare ${asFigures(series.bare)}: ${asPercent(share)}`,
      goal: 'at least 50 % of bare',
      reached: share.median >= leastShare,
    },
    { what: `${what}, 99th percentile`, figures: asMillis(series.ours.median('p99')) },
    {
      what: `the sandbox alone, ${connections} connections`,
      figures: `${asFigures(series.calls)}; product ${ofCalls(series.ours)} of it, bare ${ofCalls(series.bare)}`,
    },
    { what: 'memory of the process, after each round', figures: megabytes.map(asMegabytes).join(', ') },
  ];
}

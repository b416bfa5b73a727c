import { runAll } from '../load.mjs';
import { memoryOf } from '../machine.mjs';
import { progress } from '../results.mjs';
import { asCount } from '../stats.mjs';
import { Books, PaymentsAudit, settled } from './audit.mjs';
import { asMegabytes, openStage } from './stage.mjs';

const connections = 64;
const parts = 10;
const mostGrowth = 1.1;

/**
 * What the server process holds in memory, after one part of the payments and after each of the others.
 * @param {string} mongod
 * @param {number} count
 */
export async function measureMemory(mongod, count) {
  const { db, product, sandbox, headers } = await openStage(mongod);
  const [books, audit] = [new Books(sandbox.url), new PaymentsAudit(db, 'payments')];
  const load = { url: `${product.url}/api/v1/payments`, headers, make: { what: 'confirmation' }, connections, amount: count / parts };
  const megabytes = [];
  let made = 0;
  for (let part = 0; part <= parts; part++) {
    const { done, rate } = await runAll([load], 0);
    await settled(db);
    made += await audit.assertMore(done, await books.take());
    megabytes.push(await memoryOf(product.pid));
    progress(`${asCount(made)} payments, ${asCount(rate)}/s, ${asMegabytes(megabytes.at(-1) ?? NaN)}`);
  }
  const [first = NaN, ...later] = megabytes;
  const growth = Math.max(...later) / first;
  return [
    {
      what: `memory of the process over ${asCount(count)} confirmed payments, after ${asCount(count / parts)} to warm up`,
      figures: `${asMegabytes(first)} before; ${later.map(asMegabytes).join(', ')}: at most ${growth.toFixed(2)} times`,
      goal: `at most ${mostGrowth} times`,
      reached: growth <= mostGrowth,
    },
  ];
}

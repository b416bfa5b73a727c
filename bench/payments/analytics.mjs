import { takeTurns } from '../load.mjs';
import { progress } from '../results.mjs';
import { signIn } from '../server.mjs';
import { asCount, asFactor, asMillis, ratio } from '../stats.mjs';

const reports = ['payment-volume', 'provider-latency', 'payment-status'];
const mostMillis = 25;
const mostTimes = 2;

/**
 * The three reports over a year, at the largest size against the smallest.
 * @param {readonly import('./stage.mjs').Stage[]} stages
 * @param {import('../payments.mjs').Options} options
 */
export async function measureAnalytics(stages, options) {
  const [smallest, largest] = [stages[0], stages.at(-1)];
  const rows = [];
  for (const report of reports) {
    for (const ranged of [true, false]) {
      const what = `${report}${ranged ? ' from/to 365 days' : ', no range'}, 1 connection`;
      progress(what);
      const [small, large] = [await loadOf(smallest, report, ranged), await loadOf(largest, report, ranged)];
      const { few, many } = await takeTurns(options, { few: [small], many: [large] });
      const times = ratio(many.all('p50'), few.all('p50'));
      const millis = many.median('p50');
      const at = (stage, series) => `${asMillis(series.median('p50'))} at ${asCount(stage.size)}`;
      rows.push({
        what,
        figures: `${at(smallest, few)}, ${at(largest, many)} (p99 ${asMillis(many.median('p99'))}): ${asFactor(times)}`,
        goal: `median at most ${mostMillis} ms, and 2 times the smaller size`,
        reached: millis <= mostMillis && times.median <= mostTimes,
      });
    }
  }
  return rows;
}

/**
 * @param {import('./stage.mjs').Stage} stage
 * @param {string} report
 * @param {boolean} ranged
 */
async function loadOf({ product, firstDay, lastDay }, report, ranged) {
  const range = ranged ? `?from=${firstDay}&to=${lastDay}` : '';
  return { url: `${product.url}/api/analytics/${report}${range}`, headers: await signIn(product), connections: 1 };
}

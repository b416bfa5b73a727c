import { asFigures, takeTurns } from '../load.mjs';
import { progress } from '../results.mjs';
import { overDatabase, programs, signIn, startServer } from '../server.mjs';
import { asCount, asMillis, asPercent, ratio } from '../stats.mjs';

const leastShare = 0.5;
const leastShareOfTwo = 0.6;
const mostMillis = 100;

const body = new URLSearchParams({
  merchant: 'Spotify',
  payment_type: 'subscription',
  amount_minor: '1299',
  currency: 'GBP',
  region: 'UK',
  customer_name: 'Ava Reed',
  customer_email: 'ava.reed@example.com',
  customer_country: 'UK',
  provider_attempts: JSON.stringify([{ provider: 'Stripe', result: 'success', latency_ms: 142 }]),
}).toString();

/**
 * Creating payments: with counts, event and audit entry against a bare insert, against a transaction for each request, and by two
 * servers that meet on one database.
 * @param {import('./stage.mjs').Stage} stage
 * @param {import('../payments.mjs').Options} options
 */
export async function measureCreate({ uri, product, bare, size }, options) {
  const second = await startServer(programs.product, overDatabase(uri));
  const rows = [];
  for (const connections of [16, 64]) {
    const what = `create, at ${asCount(size)} payments, ${connections} connections`;
    progress(what);
    const headers = { ...(await signIn(product)), 'content-type': 'application/x-www-form-urlencoded' };
    const to = (url, share = connections) => ({ url, headers, body, connections: share });
    const turns = await takeTurns(options, {
      one: [to(`${product.url}/api/payments`)],
      insert: [to(`${bare.url}/api/payments`)],
      naive: [{ ...to(`${bare.url}/naive/payments`), mayFail: true }],
      two: [product, second].map(({ url }) => to(`${url}/api/payments`, connections / 2)),
      half: [to(`${product.url}/api/payments`, connections / 2)],
    });
    rows.push(...rowsOf(what, turns));
  }
  return rows;
}

/**
 * @param {string} what
 * @param {Record<'one' | 'insert' | 'naive' | 'two' | 'half', import('../load.mjs').Series>} turns
 */
function rowsOf(what, { one, insert, naive, two, half }) {
  const share = ratio(one.all('rate'), insert.all('rate'));
  const shareOfTwo = ratio(two.all('rate'), one.all('rate'));
  const p99 = one.median('p99');
  const failed = naive.all('failures').reduce((sum, failures) => sum + failures, 0);
  return [
    {
      what,
      figures: `product ${asFigures(one)}; bare insert ${asFigures(insert)}: ${asPercent(share)}`,
      goal: 'at least 50 % of bare insert',
      reached: share.median >= leastShare,
    },
    { what: `${what}, 99th percentile`, figures: asMillis(p99), goal: `at most ${mostMillis} ms`, reached: p99 <= mostMillis },
    {
      what: `${what}, a transaction a request`,
      figures: `${asFigures(naive)}${failed > 0 ? `, ${failed} failed` : ''}; product ${asPercent(ratio(one.all('rate'), naive.all('rate')))} of it`,
    },
    {
      what: `${what}, over two servers`,
      figures: `${asFigures(two)}: ${asPercent(shareOfTwo)}`,
      goal: 'at least 60 % of one server',
      reached: shareOfTwo.median >= leastShareOfTwo,
    },
    // Batches of one tenant exclude each other, and each of two servers has half of the callers for its batches.
    {
      what: `${what}, half of them on one server`,
      figures: `${asFigures(half)}: ${asPercent(ratio(half.all('rate'), one.all('rate')))}`,
    },
  ];
}

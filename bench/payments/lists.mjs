import { asFigures, takeTurns } from '../load.mjs';
import { progress } from '../results.mjs';
import { signIn } from '../server.mjs';
import { asCount, asFactor, asMillis, asPercent, ratio } from '../stats.mjs';

const limit = 20;
/** At a million payments this is page 40,000. */
const depth = 0.8;
const leastShare = 0.6;
const mostTimes = 2;

/**
 * The newest page, with the total, against a program that does nothing else.
 * @param {readonly import('./stage.mjs').Stage[]} stages
 * @param {import('../payments.mjs').Options} options
 */
export async function measureLists(stages, options) {
  const rows = [];
  for (const { product, bare, size } of stages) {
    const what = `list, page of ${limit} of ${asCount(size)} payments, 16 connections`;
    progress(what);
    const headers = await signIn(product);
    const page = ({ url }) => [{ url: pageUrl(url, 1), headers, connections: 16 }];
    const { ours, theirs } = await takeTurns(options, { ours: page(product), theirs: page(bare) });
    const share = ratio(ours.all('rate'), theirs.all('rate'));
    const figures = `product ${asFigures(ours)}; bare ${asFigures(theirs)}: ${asPercent(share)}`;
    rows.push({ what, figures, goal: 'at least 60 % of bare', reached: share.median >= leastShare });
  }
  return rows;
}

/**
 * A page by a high number against the first one.
 * @param {import('./stage.mjs').Stage} stage
 * @param {import('../payments.mjs').Options} options
 */
export async function measureDeepPage({ product, size }, options) {
  const number = Math.floor((size * depth) / limit);
  const rows = [];
  for (const connections of [1, 16]) {
    const what = `list, page ${asCount(number)} of ${asCount(size)} payments, connections: ${connections}`;
    progress(what);
    const headers = await signIn(product);
    const page = (wanted) => [{ url: pageUrl(product.url, wanted), headers, connections }];
    const { first, deep } = await takeTurns(options, { first: page(1), deep: page(number) });
    const times = ratio(deep.all('p50'), first.all('p50'));
    const figures = `page 1 ${asMillis(first.median('p50'))}, this page ${asMillis(deep.median('p50'))}: ${asFactor(times)}`;
    rows.push({ what, figures, goal: 'median latency at most 2 times that of page 1', reached: times.median <= mostTimes });
  }
  return rows;
}

/**
 * @param {string} url
 * @param {number} page
 */
const pageUrl = (url, page) => `${url}/api/payments?page=${page}&limit=${limit}`;

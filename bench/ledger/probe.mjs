import { randomBytes } from 'node:crypto';
import { median } from '../stats.mjs';
import { userId } from './transfers.mjs';

/**
 * Posts to an account that nobody else uses, and reads its balance and the head of its list at once: both must show it.
 * @param {string} url
 * @param {Record<string, string>} headers
 * @param {number} accounts the number of the account after the last one of the load
 * @param {AbortSignal} signal
 */
export async function probe(url, headers, accounts, signal) {
  const own = `acc_${userId(accounts - 1)}`;
  const times = [];
  while (!signal.aborted) {
    const begun = performance.now();
    const posted = await json(`${url}/api/v1/credits/grants`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': randomBytes(12).toString('base64url') },
      body: JSON.stringify({ userId: userId(accounts - 1), amount: 1 }),
    });
    const [account, history] = await Promise.all([
      json(`${url}/api/v1/credits/accounts/${own}`, { headers }),
      json(`${url}/api/v1/credits/accounts/${own}/transactions?limit=100`, { headers }),
    ]);
    const [newest] = history.data;
    const known = newest.number >= posted.data.number && history.data.some(({ id }) => id === posted.data.id);
    if (!known || !(account.data.totalAdded > 0)) throw new Error('A posting that was acknowledged was not in the list at once');
    times.push(performance.now() - begun);
  }
  return { probes: times.length, millis: median(times) };
}

async function json(url, options) {
  const answer = await fetch(url, options);
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

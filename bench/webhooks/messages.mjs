import { createHmac, randomBytes } from 'node:crypto';

/** @typedef {{ secret: string }} Messages */

const run = randomBytes(9).toString('base64url');
const body = JSON.stringify({
  type: 'statement.received',
  data: { account: 'GB33BUKB20201555555555', currency: 'GBP', amount: 129_900, reference: 'Invoice 1042', bookedAt: '2026-03-01' },
});
let sent = 0;

/**
 * An event that was never sent before, signed as Standard Webhooks say.
 * @param {Messages} messages
 */
export function messageOf({ secret }) {
  const id = `msg_${run}_${sent++}`;
  const time = Math.floor(Date.now() / 1000);
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64');
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(time), 'webhook-signature': `v1,${signature}` };
  return { body, headers: { 'content-type': 'application/json', ...headers } };
}

import autocannon from 'autocannon';
import { callOf, confirmationOf } from './confirm/requests.mjs';
import { transferOf } from './ledger/transfers.mjs';
import { percentile } from './stats.mjs';
import { messageOf } from './webhooks/messages.mjs';

const makers = { transfer: transferOf, message: messageOf, confirmation: confirmationOf, call: callOf };
const { url, headers, body, make, connections, seconds, amount } = JSON.parse(process.argv[2] ?? '{}');
// Its own histogram counts whole milliseconds, too coarse for a page that takes two.
/** @type {number[]} */
const latencies = [];
let failures = 0;
const begun = performance.now();
let last = begun;

const method = body === undefined && make === undefined ? 'GET' : 'POST';
const requests = make === undefined ? {} : { requests: [{ setupRequest: (request) => withNext(request, makers[make.what](make)) }] };
const withNext = (request, next) => ({ ...request, body: next.body, headers: { ...headers, ...next.headers } });
const until = amount === undefined ? { duration: seconds } : { amount };
const shots = autocannon({ url, method, headers, body, connections, timeout: 60, ...until, sampleInt: 100, ...requests });
shots.on('response', (_client, status, _bytes, millis) => {
  last = performance.now();
  if (status >= 200 && status < 300) latencies.push(millis);
  else failures++;
});
const { errors } = await shots;
const rate = latencies.length / ((last - begun) / 1000);
const answered = {
  done: latencies.length,
  rate,
  p50: percentile(latencies, 50),
  p99: percentile(latencies, 99),
  failures: failures + errors,
};
process.stdout.write(JSON.stringify(answered));

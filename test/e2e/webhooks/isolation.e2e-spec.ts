import { JobQueue } from '../../../src/kernel/jobs/job-queue.js';
import { UnitOfWork } from '../../../src/kernel/mongo/unit-of-work.js';
import { GatewayCredentials } from '../../../src/kernel/actor/gateway-credentials.js';
import { newId } from '../../../src/kernel/ids.js';
import { verifyGateway } from '../../../src/webhooks/gateway-signature.js';
import { WebhookDeliveries } from '../../../src/webhooks/webhook-deliveries.service.js';
import { startApp, type TestApp } from '../../support/app.js';
import { as, newTenant, type Somebody } from '../../support/as.js';
import { eventually } from '../../support/eventually.js';
import { scale } from '../../support/random.js';
import { type Received, type Receiver, startReceiver } from '../../support/receiver.js';

let app: TestApp;
let receiver: Receiver;
let hanging: Receiver;

beforeAll(async () => {
  app = await startApp({ env: { BACKGROUND_INTERVAL_MS: '200' } });
});
beforeEach(async () => {
  [receiver, hanging] = [await startReceiver(), await startReceiver()];
  hanging.answer(() => {});
});
afterEach(() => Promise.all([receiver.close(), hanging.close()]));
afterAll(() => app.close());

async function endpoint(who: Somebody, url: string): Promise<string> {
  const { body } = await app.call('POST', '/api/v1/webhook-endpoints', { token: who.token, json: { url, eventTypes: ['nothing'] } });
  return body.data.endpoint.id as string;
}
async function send(who: Somebody, endpointId: string, count: number): Promise<void> {
  const { tenantId, userId: ownerId } = who;
  const messages = Array.from({ length: count }, () => {
    const messageId = newId('evt');
    return {
      tenantId,
      ownerId,
      endpointId: endpointId as never,
      messageId,
      eventType: 'webhook.test',
      body: JSON.stringify({ sentAt: Date.now() }),
    };
  });
  await app.app.get(UnitOfWork).run((session) => app.app.get(WebhookDeliveries, { strict: false }).add(session, messages));
}

it('a burst for one quick receiver arrives whole and once each', async () => {
  const who = await as(app, 'admin', await newTenant(app));
  await send(who, await endpoint(who, `${receiver.url}/burst`), 300);
  await eventually(() => receiver.received.length >= 300);
  const ids = new Set(receiver.received.map(({ headers }) => headers['webhook-id']));
  expect([ids.size, receiver.received.length]).toEqual([300, 300]);
}, 60_000);

describe('a charge that names an address of its own', () => {
  it('is told there in the signature of the gateway, listed and replayed', async () => {
    const merchant = await as(app, 'merchant');
    const { webhookSecret } = await app.app.get(UnitOfWork).run((session) => app.app.get(GatewayCredentials).issue(session, merchant));
    const body = '{"event":"payment.completed","id":"txn_0123456789ab","data":{"customerName":"Acm\\u00e9","amount":100.1}}';
    const job = {
      kind: 'webhooks.send',
      tenantId: merchant.tenantId,
      payload: { url: `${receiver.url}/own?a=b`, userId: merchant.userId, body },
      dedupeKey: 'txn_0123456789ab',
    };
    for (let index = 0; index < 2; index++) await app.app.get(UnitOfWork).run((session) => app.app.get(JobQueue).enqueue(session, [job]));
    const [message] = await eventually(() => receiver.received.length > 0 && (receiver.received as [Received]));
    expect([message.path, message.body, message.headers['content-type']]).toEqual(['/own?a=b', body, 'application/json']);
    expect(verifyGateway(webhookSecret, message.headers['x-signature'], Buffer.from(message.body))).toBe(true);
    const call = (method: string, path: string) => app.call(method, `/api/v1/webhook-deliveries${path}`, { token: merchant.token });
    const [listed] = await eventually(async () => {
      const { data } = (await call('GET', '')).body;
      return data[0]?.state === 'delivered' && data;
    });
    expect(listed).toMatchObject({
      endpointId: null,
      url: `${receiver.url}/own?a=b`,
      eventType: 'payment.completed',
      body,
      tries: [{ status: 204 }],
    });
    expect((await call('POST', `/${listed.id}/replay`)).status).toBe(202);
    await eventually(async () => (await call('GET', `/${listed.id}`)).body.data.tries.length === 2);
    expect(receiver.received).toHaveLength(2);
  });

  it('by somebody who has no secret is given up, and says why', async () => {
    const merchant = await as(app, 'merchant');
    const job = { kind: 'webhooks.send', tenantId: merchant.tenantId, payload: { url: receiver.url, userId: merchant.userId, body: '{}' } };
    await app.app.get(UnitOfWork).run((session) => app.app.get(JobQueue).enqueue(session, [job]));
    const list = async () => (await app.call('GET', '/api/v1/webhook-deliveries', { token: merchant.token })).body.data;
    await eventually(async () => (await list())[0]?.state === 'failed');
    expect((await list())[0].tries).toMatchObject([{ status: null, error: 'There is no secret to sign with' }]);
    expect(receiver.connections()).toBe(0);
  });
});

it('a receiver that hangs, with thousands of messages before theirs, holds up nobody else', async () => {
  const others = scale(20, 99);
  const victim = await as(app, 'admin', await newTenant(app));
  const ids = await Promise.all(Array.from({ length: others }, () => endpoint(victim, `${receiver.url}/other`)));
  const culprit = await as(app, 'admin', await newTenant(app));
  const never = await endpoint(culprit, `${hanging.url}/never`);
  await send(culprit, never, scale(1_000, 10_000));
  const late: number[] = [];
  receiver.answer((reply, { body }) => {
    late.push(Date.now() - (JSON.parse(body) as { sentAt: number }).sentAt);
    reply.writeHead(200).end();
  });
  for (const id of ids) await send(victim, id, 5);
  await eventually(() => late.length === others * 5);
  process.stdout.write(`isolation: the slowest of ${late.length} came after ${Math.max(...late)} ms\n`);
  // Before even the first of those that hang was given up.
  const { data } = (await app.call('GET', `/api/v1/webhook-endpoints/${never}`, { token: culprit.token })).body;
  expect(data.failingSince).toBeNull();
  expect(hanging.connections()).toBeLessThanOrEqual(5);
}, 60_000);

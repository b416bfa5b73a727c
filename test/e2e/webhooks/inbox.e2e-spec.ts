import { type Binary, MongoClient } from 'mongodb';
import { GatewaySource } from '../../../src/integrations/gateway.source.js';
import { GenericSource } from '../../../src/integrations/generic.source.js';
import { signGateway } from '../../../src/webhooks/gateway-signature.js';
import { signStandard } from '../../../src/webhooks/standard-signature.js';
import { WebhookInbox } from '../../../src/webhooks/webhook-inbox.js';
import type { WebhookSource } from '../../../src/webhooks/webhook-source.js';
import { startApp, type TestApp } from '../../support/app.js';
import { as, newTenant, type Somebody } from '../../support/as.js';
import { FakeClock } from '../../support/clock.js';
import { eventually } from '../../support/eventually.js';
import { deliver, gatewaySender, genericSender, type Sender, type Sending } from '../../support/senders.js';

const clock = new FakeClock(new Date());
let app: TestApp;
let client: MongoClient;
let senders: Readonly<Record<string, Sender>>;
let generic: Sender & { readonly secret: string };

beforeAll(async () => {
  app = await startApp({ clock, env: { BACKGROUND_INTERVAL_MS: '150' } });
  client = await MongoClient.connect(app.mongodbUri);
  generic = await genericSender(app, () => clock.now());
  senders = { generic, gateway: await gatewaySender(app) };
});
afterAll(async () => {
  await client.close();
  await app.close();
});

const stored = (sender: Sender) =>
  client.db().collection('inbound_webhooks').find({ recipient: sender.recipient }).sort({ _id: 1 }).toArray();
const send = (sending: Sending) => deliver(app.url, sending);

/** Forgeries that were taken, and genuine events that were not. */
async function mistakes(sender: Sender): Promise<string[]> {
  const taken: string[] = [];
  for (const [name, sending] of Object.entries(sender.forged())) if ((await send(sending)).status !== 401) taken.push(name);
  return (await send(sender.genuine())).status < 300 ? taken : [...taken, 'the genuine one refused'];
}

describe('every source', () => {
  it('is tried', () => {
    // The conformance kit of connectors tries the payment providers.
    const providers = ['adyen', 'paypal', 'stripe'];
    expect([...app.app.get(WebhookInbox).names].sort()).toEqual([...Object.keys(senders), ...providers].sort());
  });

  it.each(['generic', 'gateway'])('takes the genuine and none of twelve forgeries: %s', async (name) => {
    const sender = senders[name] as Sender;
    expect(Object.keys(sender.forged())).toHaveLength(12);
    const before = (await stored(sender)).length;
    expect(await mistakes(sender)).toEqual([]);
    expect(await stored(sender)).toHaveLength(before + 1);
  });

  const verifiers: readonly [string, typeof GenericSource | typeof GatewaySource][] = [
    ['generic', GenericSource],
    ['gateway', GatewaySource],
  ];
  it.each(verifiers)('with a verifier that accepts all, or none, is found out: %s', async (name, type) => {
    const sender = senders[name] as Sender;
    const source: WebhookSource = app.app.get<WebhookSource>(type, { strict: false });
    let count = 0;
    try {
      source.verify = async () => ({ tenantId: sender.tenantId, eventId: `any${++count}`, sourceAgent: 'any' });
      expect(await mistakes(sender)).toHaveLength(12);
      source.verify = async () => null;
      expect(await mistakes(sender)).toEqual(['the genuine one refused']);
    } finally {
      Reflect.deleteProperty(source, 'verify');
    }
    expect(await mistakes(sender)).toEqual([]);
  });

  it.each(['generic', 'gateway'])('has its events stored as they came, and told of once: %s', async (name) => {
    const sender = senders[name] as Sender;
    const body = '{ "z" : 1.0, "a": "é\\u00e9" }';
    const sending = { ...sender.genuine(body), body };
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(sending)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([name === 'generic' ? 202 : 200]));
    const rows = (await stored(sender)).filter((row) => (row.body as Binary).toString('utf8') === body);
    expect(rows).toMatchObject([{ tenantId: sender.tenantId, source: name, contentType: 'application/json', receivedAt: clock.now() }]);
    const [{ _id } = { _id: '' }] = rows;
    const events = () => client.db().collection('events').find({ 'subject.id': _id, type: 'INGESTED' }).toArray();
    await eventually(async () => (await events()).length > 0);
    clock.advance(60_000);
    expect(await events()).toMatchObject([
      {
        tenantId: sender.tenantId,
        subject: { type: 'inbound_webhook' },
        data: { source: name, recipient: sender.recipient, bytes: body.length + 1 },
      },
    ]);
    expect(await client.db().collection('jobs').countDocuments({ kind: 'webhooks.process', 'payload.ids': _id })).toBe(1);
    expect((await stored(sender)).filter((row) => row._id === _id && row.processedAt === null)).toEqual([]);
  });
});

it('an event that cannot be processed holds up none of those that were stored with it', async () => {
  const source: WebhookSource = app.app.get<WebhookSource>(GenericSource, { strict: false });
  const refusal = 'No room for this one';
  try {
    source.process = async (_session, { body }) => {
      if (body.toString('utf8') === '{"n":3}') throw new Error(refusal);
    };
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => send(generic.genuine(`{"n":${n}}`))));
    const ids = answers.map(({ body }) => body.data.id as string);
    const [bad = ''] = ids.splice(3, 1);
    const ingested = () =>
      client
        .db()
        .collection('events')
        .distinct('subject.id', { type: 'INGESTED', 'subject.id': { $in: ids } });
    await eventually(async () => (await ingested()).length === ids.length);
    const jobs = client.db().collection('jobs').find({ kind: 'webhooks.process', 'payload.ids': bad, state: 'waiting' }).toArray();
    expect(await jobs).toMatchObject([{ payload: { ids: [bad] }, lastError: refusal }]);
  } finally {
    Reflect.deleteProperty(source, 'process');
  }
});

describe('the receiver of integrations', () => {
  const failure = async (sending: Sending) => {
    const { status, body } = await send(sending);
    return [status, body.error.code, body.error.message] as unknown[];
  };
  const refused = [401, 'unauthenticated', 'Invalid webhook signature'];

  it('acknowledges with the id under which it is kept, and says of a second one that it is', async () => {
    const sending = generic.genuine();
    const [first, again] = [await send(sending), await send(sending)];
    const data = { id: expect.stringMatching(/^inb_[0-9a-f]{40}$/), duplicate: false };
    expect([first.status, first.body]).toEqual([202, { data, error: null, meta: { traceId: expect.any(String) } }]);
    expect([again.status, again.body.data]).toEqual([202, { id: first.body.data.id, duplicate: true }]);
  });

  it('takes an event once, also when it is signed anew a month later', async () => {
    const body = '{"month":1}';
    const sign = () => ({ ...generic.genuine(body), headers: signStandard([generic.secret], 'msg_month', clock.now(), body) });
    const first = await send(sign());
    clock.advance(31 * 86_400_000);
    expect((await send(sign())).body.data).toEqual({ id: first.body.data.id, duplicate: true });
  });

  it.each([-301, 301, 86_400, -86_400, 10 * 365 * 86_400])('refuses an event that is %i s off', async (seconds) => {
    const body = '{}';
    const at = new Date(clock.now().getTime() + seconds * 1000);
    expect(await failure({ ...generic.genuine(body), headers: signStandard([generic.secret], 'msg_off', at, body) })).toEqual(refused);
  });
  it.each([-299, 299])('takes an event that is %i s off', async (seconds) => {
    const body = '{}';
    const at = new Date(clock.now().getTime() + seconds * 1000);
    expect((await send({ ...generic.genuine(body), headers: signStandard([generic.secret], `msg_${seconds}`, at, body) })).status).toBe(
      202,
    );
  });

  it.each([
    ['text', 'text/plain', 'MT940'],
    ['XML', 'application/xml', '<a/>'],
    ['what is no JSON', 'application/json', '{'],
    ['nothing', 'application/json', ''],
  ])('takes %s as well: it is stored as it came', async (_case, type, body) => {
    const { headers, ...sending } = generic.genuine(body);
    expect((await send({ ...sending, headers: { ...headers, 'content-type': type } })).status).toBe(202);
  });

  it('takes one mebibyte and not a byte more', async () => {
    expect((await send(generic.genuine('x'.repeat(1_048_576)))).status).toBe(202);
    expect(await failure(generic.genuine('x'.repeat(1_048_577)))).toEqual([413, 'too_large', 'Request body is too large']);
  });

  it('knows no integration that is not there', async () => {
    expect(await failure({ ...generic.genuine(), path: '/api/v1/integrations/webhooks/generic/int_none' })).toEqual([
      404,
      'not_found',
      'Integration not found',
    ]);
    expect((await send({ ...generic.genuine(), path: '/api/v1/integrations/webhooks/paypal/int_none' })).status).toBe(404);
  });
});

describe("the gateway's receiver", () => {
  const path = '/api/v1/webhook-receive';
  const headersOf = () => (senders.gateway as Sender).genuine().headers as { 'x-api-key': string; 'x-signature': string };
  const missing = (name: string) => ({ type: 'missing', loc: ['header', name], msg: 'Field required', input: null });
  const dict = (input: unknown) => ({ type: 'dict_type', loc: ['body'], msg: 'Input should be a valid dictionary', input });

  it('says that it has verified', async () => {
    const { status, body } = await send((senders.gateway as Sender).genuine());
    expect([status, body]).toEqual([200, { status: 'verified' }]);
  });

  it('verifies a body that is written with blanks, under the signature of the compact one', async () => {
    const compact = '{"event":"payment.completed","amount":100.0,"name":"Acm\\u00e9"}';
    const { headers } = (senders.gateway as Sender).genuine(compact);
    const body = '{ "event": "payment.completed",\n "amount": 100.0, "name": "Acmé" }';
    expect((await send({ path, headers, body })).body).toEqual({ status: 'verified' });
    expect((await send({ path, headers, body: body.replace('100.0', '100') })).status).toBe(401);
  });

  it.each<[string, object, string, unknown]>([
    ['no header', { 'x-signature': undefined, 'x-api-key': undefined }, '{}', [missing('x-signature'), missing('x-api-key')]],
    ['no signature', { 'x-signature': undefined }, '{}', [missing('x-signature')]],
    ['no key', { 'x-api-key': undefined }, '[1]', [missing('x-api-key'), dict([1])]],
    ['a list', {}, '[]', [dict([])]],
    ['a text', {}, '"text"', [dict('text')]],
    ['null', {}, 'null', [dict(null)]],
    ['another type', { 'content-type': 'text/plain' }, '{"a":1}', [dict('{"a":1}')]],
    ['no body', {}, '', [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }]],
  ])('answers 422 to %s', async (_case, changes, body, detail) => {
    const headers = Object.fromEntries(Object.entries({ ...headersOf(), ...changes }).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >;
    const answer = await send({ path, headers, body });
    expect([answer.status, answer.body]).toEqual([422, { detail }]);
  });

  it('answers 422 to what is no JSON', async () => {
    const { status, body } = await send({ path, headers: headersOf(), body: '{' });
    expect([status, body.detail[0].type, body.detail[0].msg]).toEqual([422, 'json_invalid', 'JSON decode error']);
  });

  it.each(['', 'PK_LIVE_0123456789ABCDEF', 'é', 'x'.repeat(1_000)])('refuses the key %j', async (key) => {
    const { status, body } = await send({ path, headers: { ...headersOf(), 'x-api-key': key }, body: '{}' });
    expect([status, body]).toEqual([401, { detail: 'Invalid X-API-Key' }]);
  });

  it.each(['', 'é'.repeat(64), 'ü', '0'.repeat(64), '0'.repeat(10_000)])('refuses the signature %j', async (signature) => {
    const { status, body } = await send({ path, headers: { ...headersOf(), 'x-signature': signature }, body: '{}' });
    expect([status, body]).toEqual([401, { detail: 'Invalid webhook signature' }]);
  });

  it("says when there is no secret for the key's owner", async () => {
    const admin = await as(app, 'admin');
    const key = (await app.call('POST', '/api/v1/api-keys', { token: admin.token, json: { name: 'A key', scopes: ['payments:write'] } }))
      .body.data;
    const headers = { 'x-api-key': key.secret as string, 'x-signature': signGateway('SK_', '{}') };
    const { status, body } = await send({ path, headers, body: '{}' });
    expect([status, body.detail]).toEqual([500, 'Webhook secret not set for this user']);
  });

  it('takes one mebibyte and not a byte more', async () => {
    const sized = (bytes: number) => (senders.gateway as Sender).genuine(`{"a":"${'x'.repeat(bytes - 8)}"}`);
    expect((await send(sized(1_048_576))).status).toBe(200);
    const { status, body } = await send(sized(1_048_577));
    expect([status, body]).toEqual([413, { detail: 'Request body is too large' }]);
  });
});

describe('integrations', () => {
  let admin: Somebody;
  beforeEach(async () => {
    admin = await as(app, 'admin', await newTenant(app));
  });
  const call = (method: string, tail = '', json?: unknown, who = admin) =>
    app.call(method, `/api/v1/integrations${tail}`, { token: who.token, ...(json !== undefined && { json }) });

  it('are made, shown, listed and deleted, with an audit entry and an event of each', async () => {
    const { status, body } = await call('POST', '', { name: ' Bank ' });
    const { id } = body.data.integration;
    const shown = {
      id: expect.stringMatching(/^int_/),
      name: 'Bank',
      provider: 'generic',
      path: `/api/v1/integrations/webhooks/generic/${id}`,
      overlapEnds: null,
      ownerId: admin.userId,
      createdAt: clock.now().toISOString(),
    };
    expect([status, body.data]).toEqual([201, { integration: shown, secret: expect.stringMatching(/^whsec_/) }]);
    expect((await call('GET', `/${id}`)).body.data).toEqual(shown);
    expect((await call('GET')).body.data).toEqual([shown]);
    expect((await call('DELETE', `/${id}`)).status).toBe(200);
    expect((await call('GET', `/${id}`)).status).toBe(404);
    const filter = { tenantId: admin.tenantId, 'subject.id': id };
    const told = await client.db().collection('events').find(filter).sort({ _id: 1 }).toArray();
    expect(told.map(({ type }) => type as string)).toEqual(['INTEGRATION_CREATED', 'INTEGRATION_DELETED']);
    const audit = await client.db().collection('audit').find(filter).sort({ _id: 1 }).toArray();
    expect(audit.map(({ action }) => action as string)).toEqual(['integration.created', 'integration.deleted']);
    const headers = signStandard([body.data.secret as string], 'msg_late', clock.now(), '{}');
    expect((await send({ path: shown.path, headers, body: '{}' })).status).toBe(404);
  });

  it('take either secret while one is replaced by the other, and then the new one', async () => {
    const { integration, secret } = (await call('POST', '', { name: 'Bank' })).body.data;
    const renewed = (await call('POST', `/${integration.id}/rotate-secret`, { overlapHours: 1 })).body.data;
    expect(renewed.integration.overlapEnds).toBe(new Date(clock.now().getTime() + 3_600_000).toISOString());
    let count = 0;
    const by = async (its: string) => {
      const headers = signStandard([its], `msg_rotation${++count}`, clock.now(), '{}');
      return (await send({ path: integration.path, headers, body: '{}' })).status;
    };
    expect([await by(secret), await by(renewed.secret)]).toEqual([202, 202]);
    clock.advance(3_600_001);
    expect([await by(secret), await by(renewed.secret)]).toEqual([401, 202]);
  });

  it.each([{}, { name: '' }, { name: 7 }, { name: 'x'.repeat(201) }, { name: 'x', provider: 'paypal' }, { name: 'x', secret: 'y' }])(
    'are not made of %j',
    async (json) => {
      expect((await call('POST', '', json)).status).toBe(400);
    },
  );
});

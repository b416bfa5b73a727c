import { randomUUID } from 'node:crypto';
import { GatewayCredentials } from '../../src/kernel/actor/gateway-credentials.js';
import { UnitOfWork } from '../../src/kernel/mongo/unit-of-work.js';
import { signGateway } from '../../src/webhooks/gateway-signature.js';
import { newSigningSecret, signStandard } from '../../src/webhooks/standard-signature.js';
import type { Answer, TestApp } from './app.js';
import { as, newTenant } from './as.js';

/** A request as a sender makes it. */
export interface Sending {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
/** Somebody who sends to the inbox: as it should, and in twelve ways in which a forger might. */
export interface Sender {
  readonly tenantId: string;
  readonly recipient: string;
  genuine(body?: string): Sending;
  forged(): Readonly<Record<string, Sending>>;
}

export async function deliver(url: string, { path, headers, body }: Sending): Promise<Answer> {
  const response = await fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const sample = () => JSON.stringify({ type: 'statement.received', id: randomUUID(), amount: 100.5 });
const swapped = (text: string, from: BufferEncoding, to: BufferEncoding) => Buffer.from(text, from).toString(to);

/** Signs as Standard Webhooks say, at the time of `now`. */
export async function genericSender(app: TestApp, now = () => new Date()): Promise<Sender & { readonly secret: string }> {
  const admin = await as(app, 'admin', await newTenant(app));
  const make = async (token: string) => (await app.call('POST', '/api/v1/integrations', { token, json: { name: 'Bank' } })).body.data;
  const [own, beside, foreign] = [
    await make(admin.token),
    await make(admin.token),
    await make((await as(app, 'admin', await newTenant(app))).token),
  ];
  const { path, id } = own.integration;
  const signed = (body: string, secret: string = own.secret): Sending => {
    return { path, body, headers: signStandard([secret], `msg_${randomUUID()}`, now(), body) };
  };
  const otherwise = (change: (signature: string) => string | undefined): Sending => {
    const { headers, ...rest } = signed(sample());
    const { 'webhook-signature': signature = '', ...others } = headers;
    const changed = change(signature);
    return { ...rest, headers: { ...others, ...(changed !== undefined && { 'webhook-signature': changed }) } };
  };
  const forged = () => ({
    'no signature': otherwise(() => undefined),
    "another's secret": signed(sample(), newSigningSecret()),
    "another tenant's secret": signed(sample(), foreign.secret),
    "another integration's secret": signed(sample(), beside.secret),
    'a truncated signature': otherwise((signature) => signature.slice(0, -8)),
    'another version of the scheme': otherwise((signature) => signature.replace('v1,', 'v0,')),
    'an empty signature': otherwise(() => 'v1,'),
    'a thousand signatures': otherwise(() => Array.from({ length: 200 }, (_, index) => `v1,${index}`).join(' ')),
    'the body written otherwise': { ...signed('{"a": 1}'), body: '{"a":1}' },
    'the header twice': otherwise((signature) => `${signature}, ${signature}`),
    'hex for base64': otherwise((signature) => `v1,${swapped(signature.slice(3), 'base64', 'hex')}`),
    'the signature of another body': { ...signed(sample()), body: sample() },
  });
  return { tenantId: admin.tenantId, recipient: id, secret: own.secret, genuine: (body = sample()) => signed(body), forged };
}

/** Signs as the gateway does. */
export async function gatewaySender(app: TestApp): Promise<Sender> {
  const issue = async (tenantId?: string) => {
    const merchant = await as(app, 'merchant', tenantId);
    const credential = await app.app.get(UnitOfWork).run((session) => app.app.get(GatewayCredentials).issue(session, merchant));
    return { ...merchant, ...credential };
  };
  const [own, beside, foreign] = [await issue(), await issue(), await issue(await newTenant(app))];
  const path = '/api/v1/webhook-receive';
  const send = (body: string, signature: string | undefined, apiKey = own.apiKey): Sending => {
    return { path, body, headers: { 'x-api-key': apiKey, ...(signature !== undefined && { 'x-signature': signature }) } };
  };
  const by = (secret: string, body = sample()) => send(body, signGateway(secret, body));
  const otherwise = (change: (signature: string) => string) => {
    const body = sample();
    return send(body, change(signGateway(own.webhookSecret, body)));
  };
  const forged = () => ({
    'an empty signature': otherwise(() => ''),
    "another's secret": by('SK_00000000000000000000000000000000'),
    "another tenant's secret": by(foreign.webhookSecret),
    "another user's secret": by(beside.webhookSecret),
    'a truncated signature': otherwise((signature) => signature.slice(0, 32)),
    'a scheme before it': otherwise((signature) => `sha256=${signature}`),
    'upper case': otherwise((signature) => signature.toUpperCase()),
    'a thousand signatures': otherwise((signature) => Array.from({ length: 100 }, () => `${signature.slice(1)}0`).join(',')),
    'a number written otherwise': send('{"amount":100}', signGateway(own.webhookSecret, '{"amount":100.0}')),
    'the header twice': otherwise((signature) => `${signature}, ${signature}`),
    'base64 for hex': otherwise((signature) => swapped(signature, 'hex', 'base64')),
    'the signature of another body': send(sample(), signGateway(own.webhookSecret, sample())),
  });
  const genuine = (body = sample()) => send(body, signGateway(own.webhookSecret, body));
  return { tenantId: own.tenantId, recipient: own.userId, genuine, forged };
}

import { randomUUID } from 'node:crypto';
import type { Answer, TestApp } from './app.js';

export interface GatewayUser {
  /** `user_…`. */
  readonly userId: string;
  readonly email: string;
  readonly password: string;
  readonly apiKey: string;
  readonly webhookSecret: string;
  readonly token: string;
  /** With the API key. */
  readonly call: (method: string, path: string, json?: unknown, headers?: Record<string, string>) => Promise<Answer>;
}
export const password = 'longenough';

/** Somebody who has registered at the gateway and signed in. */
export async function gatewayUser(test: TestApp, email = `${randomUUID()}@acme.test`, name = 'Ava Reed'): Promise<GatewayUser> {
  const registered = await test.call('POST', '/api/v1/users/register', { json: { name, email, password } });
  if (registered.status !== 201) throw new Error(JSON.stringify(registered.body));
  const { userId, apiKey, webhookSecret } = registered.body as Pick<GatewayUser, 'userId' | 'apiKey' | 'webhookSecret'>;
  const { body } = await test.call('POST', '/api/v1/users/login', { json: { email, password } });
  const call: GatewayUser['call'] = (method, path, json, headers) =>
    test.call(method, path, { json, headers: { 'x-api-key': apiKey, ...headers } });
  return { userId, email, password, apiKey, webhookSecret, token: body.access_token as string, call };
}

/** The token of the administrator of the whole installation. */
export async function systemAdmin(test: TestApp): Promise<string> {
  const json = { email: 'admin@system.local', password: 'Admin@123!' };
  return (await test.call('POST', '/api/v1/users/login', { json })).body.access_token as string;
}

/** A request whose body is sent as it is. */
export async function send(
  test: TestApp,
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(test.url + path, { method, headers, ...(body !== undefined && { body }), redirect: 'manual' });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

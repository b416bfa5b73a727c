import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { bootApp, createApp } from '../../src/app.js';
import { type Config, readConfig } from '../../src/kernel/config/config.js';
import type { Clock } from '../../src/kernel/clock.js';
import { testDatabaseUri } from './database.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any; // oxlint-disable-line typescript/no-explicit-any -- a test says what it expects
}
export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly mongodbUri: string;
  /** A JSON request; `form` sends the fields url-encoded instead. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  close(): Promise<void>;
}
export interface CallOptions {
  readonly token?: string;
  readonly json?: unknown;
  readonly form?: Record<string, string>;
  readonly headers?: Record<string, string>;
}

const testEnv = {
  NODE_ENV: 'test',
  APP_SECRET: 'a secret of the test suites only',
  LOG_LEVEL: 'silent',
  DEMO_DATA: 'none',
  ACTOR_CACHE_MS: '0',
  PASSWORD_HASH_MEMORY_KIB: '8',
};

export const testConfig = (env: Record<string, string> = {}): Config => readConfig({ ...testEnv, ...env });

/** The whole product in this process over real HTTP, on a database of its own unless one is given. */
export async function startApp(options: { env?: Record<string, string>; clock?: Clock; mongodbUri?: string } = {}): Promise<TestApp> {
  const mongodbUri = options.mongodbUri ?? testDatabaseUri();
  const config = testConfig(options.env);
  const app = await createApp(config, mongodbUri, options.clock);
  await bootApp(app, config);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return { app, url, mongodbUri, call: (method, path, call) => request(url, method, path, call), close: () => app.close() };
}

export async function request(base: string, method: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const { token, json, form, headers } = options;
  const body = form ? new URLSearchParams(form) : json === undefined ? undefined : JSON.stringify(json);
  const response = await fetch(base + path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body }),
    redirect: 'manual',
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

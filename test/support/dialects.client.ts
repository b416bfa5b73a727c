import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { httpAdapter } from '../../src/kernel/http/adapter.js';
import { DialectsModule } from './dialects.module.js';

export const trace = '0af7651916cd43dd8448eb211c80319c';
export const places = {
  envelope: '/api/sample',
  bare: '/api/financial/sample',
  gateway: '/api/v1/gateway',
  traced: '/api/v1/sample',
  store: '/sample',
};
export type DialectAsked = keyof typeof places;
export const dialects = Object.keys(places) as DialectAsked[];

export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly body?: string | Buffer;
  readonly type?: string;
  readonly token?: string;
}
export interface DialectsApp {
  readonly url: string;
  ask(asked: Ask): Promise<{ readonly status: number; readonly headers: Headers; readonly body: unknown }>;
  /** Asks the dialect's own sample controller. */
  at(dialect: DialectAsked, asked: Ask): ReturnType<DialectsApp['ask']>;
  close(): Promise<void>;
}

export const post = (path: string, body: string | Buffer, type = 'application/json'): Ask => ({ method: 'POST', path, body, type });
export const checked = (body: string | Buffer, type?: string): Ask => post('/checked', body, type);

export async function startDialects(): Promise<DialectsApp> {
  const adapter = httpAdapter({ logLevel: 'silent', trustProxy: 0 });
  const app = await NestFactory.create<NestFastifyApplication>(DialectsModule, adapter, { logger: false, bodyParser: false });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const ask: DialectsApp['ask'] = async ({ method = 'GET', path, body, type, token }) => {
    const headers = {
      traceparent: `00-${trace}-b7ad6b7169203331-01`,
      ...(type !== undefined && { 'content-type': type }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const response = await fetch(url + path, { method, headers, ...(body !== undefined && { body }) });
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('x-trace-id')).toBe(trace);
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  return { url, ask, at: (dialect, asked) => ask({ ...asked, path: places[dialect] + asked.path }), close: () => app.close() };
}

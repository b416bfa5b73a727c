import { connect } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { httpAdapter } from '../../../src/kernel/http/adapter.js';
import { DialectsModule } from '../../support/dialects.module.js';

let app: NestFastifyApplication;
let base: string;
const out: string[] = [];
beforeAll(async () => {
  app = await NestFactory.create<NestFastifyApplication>(DialectsModule, httpAdapter({ logLevel: 'silent', trustProxy: 0 }), {
    logger: false,
    bodyParser: false,
  });
  await app.listen(0, '127.0.0.1');
  base = await app.getUrl();
});
afterAll(async () => {
  await app.close();
  require('node:fs').writeFileSync('/tmp/explore.txt', out.join('\n'));
});
async function call(label: string, method: string, path: string, body?: BodyInit, type = 'application/json', extra: any = {}) {
  try {
    const response = await fetch(base + path, {
      method,
      headers: { ...(body !== undefined && type && { 'content-type': type }) },
      ...(body !== undefined && { body }),
      ...extra,
    });
    out.push(
      `${label}: ${response.status} ${response.headers.get('x-trace-id') ? 'T' : '-'} ${response.headers.get('connection')} ${(await response.text()).slice(0, 200)}`,
    );
  } catch (e) {
    out.push(`${label}: FAILED ${e} ${(e as any).cause}`);
  }
}
function raw(label: string, text: string): Promise<void> {
  return new Promise((resolve) => {
    const s = connect(Number(new URL(base).port), '127.0.0.1', () => s.write(text));
    let got = '';
    s.on('data', (d) => {
      got += d;
    });
    s.on('error', (e) => {
      got += e;
    });
    const t = setTimeout(() => s.destroy(), 1500);
    s.on('close', () => {
      clearTimeout(t);
      out.push(`${label}: ${got.replaceAll('\r\n', ' | ').slice(0, 600)}`);
      resolve();
    });
  });
}

it('explores', async () => {
  const { promisify } = require('node:util');
  const run = promisify(require('node:child_process').execFile);
  for (const n of [300_000, 1_000_000, 5_000_000, 5_000_000, 20_000_000, 20_000_000])
    out.push((await run('python3', ['/tmp/slow413.py', new URL(base).port, String(n)])).stdout.trim());
});

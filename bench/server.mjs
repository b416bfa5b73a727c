import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { atEnd, temporaryDirectory } from './resources.mjs';

/**
 * @typedef {object} Server
 * @property {string} url
 * @property {number} pid
 * @property {() => Promise<void>} stop
 */

export const programs = {
  product: fileURLToPath(new URL('../dist/bundle/main.js', import.meta.url)),
  bare: fileURLToPath(new URL('bare-server.mjs', import.meta.url)),
  naiveLedger: fileURLToPath(new URL('ledger/naive-server.mjs', import.meta.url)),
  bareGateway: fileURLToPath(new URL('gateway/bare-server.mjs', import.meta.url)),
  bareWebhooks: fileURLToPath(new URL('webhooks/bare-server.mjs', import.meta.url)),
  bareConfirm: fileURLToPath(new URL('confirm/bare-server.mjs', import.meta.url)),
  sandbox: fileURLToPath(new URL('../dist/sandbox/main.js', import.meta.url)),
  noop: fileURLToPath(new URL('ledger/noop-server.mjs', import.meta.url)),
};
/** Every program gets what the product is started with. */
const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const nodeOptions = scripts['start:prod'].split(' ').filter((/** @type {string} */ word) => word.startsWith('--'));
const admin = { email: 'bench@payops.test', password: randomBytes(12).toString('base64url') };
const patienceMs = 300_000;

/** Of this process only what a server needs to find its tools: a `PORT` or `LOG_LEVEL` of the shell would change what is measured. */
const inherited = ['PATH', 'HOME', 'TMPDIR', 'XDG_CACHE_HOME', 'EMBEDDED_MONGOD', 'EMBEDDED_MONGO_SOURCE', 'EMBEDDED_MONGO_CACHE'];

export const common = {
  ...Object.fromEntries(inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))),
  HOST: '127.0.0.1',
  PORT: '0',
  APP_SECRET: randomBytes(48).toString('base64url'),
  LOG_LEVEL: 'fatal',
  SYSTEM_ADMIN_EMAIL: admin.email,
  SYSTEM_ADMIN_PASSWORD: admin.password,
};

/** @param {string} uri */
export const overDatabase = (uri) => ({ NODE_ENV: 'production', MONGODB_URI: uri });

/**
 * Resolves when the program says that it is ready.
 * @param {string} program
 * @param {Record<string, string>} env
 * @returns {Promise<Server>}
 */
export async function startServer(program, env) {
  // In an empty directory, or the server would read the `.env` of whoever runs this.
  const cwd = await temporaryDirectory();
  const child = spawn(process.execPath, [...nodeOptions, program], {
    cwd,
    env: { ...common, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // A process that ends may reset its pipe.
  child.stdout.on('error', () => {});
  const ended = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await ended;
  };
  atEnd(stop);
  const url = await Promise.race([
    readyUrl(child.stdout),
    ended.then(([code]) => `exit ${code}`),
    pause(patienceMs, 'no answer', { ref: false }),
  ]);
  if (!url.startsWith('http')) throw new Error(`${program} did not get ready: ${url}`);
  // Whatever else it prints must not fill the pipe.
  child.stdout.resume();
  return { url, pid: child.pid ?? 0, stop };
}

/** @param {import('node:stream').Readable} output */
async function readyUrl(output) {
  for await (const line of createInterface({ input: output })) {
    const found = /is ready at (http:\S+)/.exec(line)?.[1];
    if (found) return found;
  }
  return 'its output ended';
}

/**
 * The headers of the system administrator; a token is good for an hour, so each measurement asks anew.
 * @param {Server} server
 */
export async function signIn({ url }) {
  const answer = await fetch(`${url}/api/auth/login`, { method: 'POST', body: new URLSearchParams(admin) });
  if (!answer.ok) throw new Error(`Signing in failed: ${answer.status} ${await answer.text()}`);
  const { data } = await answer.json();
  return { authorization: `Bearer ${data.token}` };
}

import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { bootApp, createApp } from './app.js';
import { DemoProviders } from './demo/demo-providers.js';
import { welcome } from './demo/welcome.js';
import { HealthService } from './health/health.service.js';
import { DEFAULT_TENANT_ID } from './kernel/actor/actor.js';
import { type Config, ConfigError, EXIT_CONFIG, loadConfig } from './kernel/config/config.js';
import { armFailpoints } from './kernel/failpoints.js';
import { openDatabase } from './kernel/mongo/open-database.js';
import { type Sandbox, startSandbox } from './sandbox/sandbox.js';

/** Time for a load balancer to see that this process is not ready any more, before it stops listening. */
const noticeMs = 500;

async function main(): Promise<void> {
  const loaded = loadConfig();
  armFailpoints(loaded.failpoints);
  const database = await openDatabase(loaded, { url: `http://${loaded.host}:${loaded.port}` }, say);
  const running: Stoppable[] = [database];
  try {
    const sandbox = await openSandbox(loaded);
    if (sandbox) running.unshift({ stop: () => sandbox.close() });
    const config = { ...loaded, ...(sandbox && { sandboxUrl: sandbox.url, sandboxUrls: sandbox.urls }) };
    const app = await createApp(config, database.uri);
    await bootApp(app, config);
    await app.listen(config.port, config.host);
    stopOnSignal(app, running, config);
    if (sandbox) await app.get(DemoProviders).listen(DEFAULT_TENANT_ID, await app.getUrl());
    say(welcome(await app.getUrl(), config));
  } catch (error) {
    for (const one of running) await one.stop();
    throw error;
  }
}

interface Stoppable {
  stop(): Promise<unknown>;
}

const sandboxPort = 3100;

/** Where everything else is embedded too, providers are played: nobody has an account with a real one yet. */
async function openSandbox({ nodeEnv, mongodbUri, sandboxUrl, dataDir }: Config): Promise<Sandbox | undefined> {
  if (nodeEnv !== 'development' || mongodbUri !== undefined || sandboxUrl !== undefined) return undefined;
  const options = { host: '127.0.0.1', store: join(dataDir, 'sandbox'), seed: 'sandbox' };
  // Its usual place, so that it is found again; where somebody else has it, any.
  return startSandbox({ ...options, port: sandboxPort }).catch(() => startSandbox({ ...options, port: 0 }));
}

/** Requests under way are finished, for as long as the grace lasts; then the process ends with 0. */
function stopOnSignal(app: NestFastifyApplication, running: readonly Stoppable[], { shutdownGraceSeconds }: Config): void {
  const stop = () => {
    app.get(HealthService).drain();
    setTimeout(() => process.exit(1), noticeMs + shutdownGraceSeconds * 1000 + 5_000).unref();
    setTimeout(() => void close(), noticeMs);
  };
  const close = async () => {
    const grace = setTimeout(() => app.getHttpServer().closeAllConnections(), shutdownGraceSeconds * 1000);
    await app.close();
    clearTimeout(grace);
    for (const one of running) await one.stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
}

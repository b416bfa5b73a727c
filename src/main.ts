import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { bootApp, createApp } from './app.js';
import { welcome } from './demo/welcome.js';
import { HealthService } from './health/health.service.js';
import { type Config, ConfigError, EXIT_CONFIG, loadConfig } from './kernel/config/config.js';
import { armFailpoints } from './kernel/failpoints.js';
import { openDatabase, type OpenedDatabase } from './kernel/mongo/open-database.js';

/** Time for a load balancer to see that this process is not ready any more, before it stops listening. */
const noticeMs = 500;

async function main(): Promise<void> {
  const config = loadConfig();
  armFailpoints(config.failpoints);
  const database = await openDatabase(config, { url: `http://${config.host}:${config.port}` }, say);
  try {
    const app = await createApp(config, database.uri);
    await bootApp(app, config);
    await app.listen(config.port, config.host);
    stopOnSignal(app, database, config);
    say(welcome(await app.getUrl(), config));
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** Requests under way are finished, for as long as the grace lasts; then the process ends with 0. */
function stopOnSignal(app: NestFastifyApplication, database: OpenedDatabase, { shutdownGraceSeconds }: Config): void {
  const stop = () => {
    app.get(HealthService).drain();
    setTimeout(() => process.exit(1), noticeMs + shutdownGraceSeconds * 1000 + 5_000).unref();
    setTimeout(() => void close(), noticeMs);
  };
  const close = async () => {
    const grace = setTimeout(() => app.getHttpServer().closeAllConnections(), shutdownGraceSeconds * 1000);
    await app.close();
    clearTimeout(grace);
    await database.stop();
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

import fastifyCors from '@fastify/cors';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import helmet from 'helmet';
import { AppModule } from './app.module.js';
import { AccountsService } from './auth/accounts.service.js';
import { DemoService } from './demo/demo.service.js';
import type { Clock } from './kernel/clock.js';
import type { Config } from './kernel/config/config.js';
import { httpAdapter } from './kernel/http/adapter.js';
import { Database } from './kernel/mongo/database.js';
import { Migrator } from './migrations/migrator.js';
import { collections, migrations } from './migrations/schema.js';
import { TenantsService } from './tenants/tenants.service.js';

/** The same for all answers. Plain HTTP is served too, behind whatever ends TLS. */
const secureHeaders = helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } });
const cors = {
  methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  exposedHeaders: ['X-Trace-Id', 'Retry-After', 'Idempotency-Replayed'],
};

/** What the installation itself brings; running it again, or twice at once, adds nothing. */
export async function bootApp(app: NestFastifyApplication, { demoData }: Config): Promise<void> {
  await app.get(TenantsService).ensureDefault();
  await app.get(AccountsService).ensureSystemAdmin();
  if (demoData !== 'none') await app.get(DemoService).seed(demoData);
}

/** The product over a database that was brought up to date, not listening yet. */
export async function createApp(config: Config, mongodbUri: string, clock?: Clock): Promise<NestFastifyApplication> {
  const database = await Database.connect(mongodbUri);
  try {
    await new Migrator(database.db, migrations, collections).run();
    const app = await NestFactory.create<NestFastifyApplication>(AppModule.over(config, database, clock), httpAdapter(config), {
      bodyParser: false,
      logger: ['error', 'warn'],
      abortOnError: false,
    });
    const fastify = app.getHttpAdapter().getInstance();
    fastify.addHook('onRequest', (request, reply, done) => secureHeaders(request.raw, reply.raw, (error) => done(error as Error)));
    if (config.corsOrigins.length > 0) await app.register(fastifyCors, { ...cors, origin: [...config.corsOrigins] });
    return await app.init();
  } catch (error) {
    await database.client.close();
    throw error;
  }
}

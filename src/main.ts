import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConfigError, EXIT_CONFIG, loadConfig } from './kernel/config/config.js';
import { httpAdapter } from './kernel/http/adapter.js';
import { KernelModule } from './kernel/kernel.module.js';

try {
  const config = loadConfig();
  const app = await NestFactory.create<NestFastifyApplication>(KernelModule, httpAdapter(config), {
    bodyParser: false,
    logger: ['error', 'warn'],
  });
  app.enableShutdownHooks();
  await app.listen(config.port, config.host);
  process.stdout.write(`Payops listens on ${await app.getUrl()}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
}

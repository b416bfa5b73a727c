import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { DiscoveryService, ModulesContainer, NestFactory, Reflector } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { httpAdapter } from './kernel/http/adapter.js';
import { readConfig } from './kernel/config/config.js';
import { Routes } from './kernel/http/routes.js';
import type { Database } from './kernel/mongo/database.js';
import { ApiDocuments } from './openapi/api-documents.js';
import { surfaces } from './openapi/surface.js';

/** In preview mode Nest knows every module and makes no provider: nobody asks this database or needs this secret. */
const noDatabase = {} as Database;
const config = readConfig({ APP_SECRET: 'the documents are written without one', LOG_LEVEL: 'silent' });

const [directory = 'openapi'] = process.argv.slice(2);
const app = await NestFactory.create(AppModule.over(config, noDatabase), httpAdapter(config), {
  preview: true,
  logger: ['error'],
  abortOnError: false,
});
// Only now, because preview mode warns of itself.
Logger.overrideLogger(['error', 'warn']);
const modules = app.get(ModulesContainer);
const documents = new ApiDocuments(new Routes(new DiscoveryService(modules), new Reflector()), modules);
await mkdir(directory, { recursive: true });
for (const surface of surfaces) {
  await writeFile(join(directory, `${surface.name}.json`), `${JSON.stringify(await documents.of(surface), null, 2)}\n`);
}

import { type DynamicModule, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { Clock } from '../clock.js';
import { appSecret } from '../config/app-secret.js';
import { type Config, CONFIG } from '../config/config.js';
import { Keys } from '../config/keys.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { IdempotencyInterceptor } from '../idempotency/idempotency.interceptor.js';
import { JobQueue } from '../jobs/job-queue.js';
import { MongoJobQueue } from '../jobs/mongo-job-queue.js';
import { SecretBox } from '../privacy/secret-box.js';
import { SubjectKeys } from '../privacy/subject-keys.js';
import { Database } from './database.js';
import { UnitOfWork } from './unit-of-work.js';

/** What needs a database or a setting; imported after the HTTP kernel, so that idempotency runs inside the dialect. */
@Module({})
export class StorageModule {
  static over(config: Config, database: Database, clock = new Clock()): DynamicModule {
    const previous = config.appSecretPrevious === undefined ? undefined : Buffer.from(config.appSecretPrevious);
    return {
      module: StorageModule,
      global: true,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: Clock, useValue: clock },
        { provide: Keys, useValue: new Keys(appSecret(config), previous) },
        // By a factory, because Nest runs the shutdown hook of a value it made itself only.
        { provide: Database, useFactory: () => database },
        Idempotency,
        SecretBox,
        SubjectKeys,
        { provide: JobQueue, useClass: MongoJobQueue },
        UnitOfWork,
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
      ],
      exports: [CONFIG, Clock, Keys, Database, UnitOfWork, Idempotency, SubjectKeys, SecretBox, JobQueue],
    };
  }
}

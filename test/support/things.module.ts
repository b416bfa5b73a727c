import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, Injectable, Module, Param, Post, Put } from '@nestjs/common';
import { APP_GUARD, APP_PIPE, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { IsString } from 'class-validator';
import type { ClientSession } from 'mongodb';
import { type Actor, ApiKeyReader, CredentialReader } from '../../src/kernel/actor/actor.js';
import { Allow } from '../../src/kernel/actor/allow.decorator.js';
import { AuthenticateGuard } from '../../src/kernel/actor/authenticate.guard.js';
import { Answers, Dialect } from '../../src/kernel/dialect/dialect.decorator.js';
import { MissingToken } from '../../src/kernel/fault/common-faults.js';
import { Conflict, Invalid, Unavailable } from '../../src/kernel/fault/fault.js';
import { httpAdapter } from '../../src/kernel/http/adapter.js';
import { validationPipe } from '../../src/kernel/http/validation.js';
import { Unrepeatable } from '../../src/kernel/idempotency/unrepeatable.decorator.js';
import { KernelModule } from '../../src/kernel/kernel.module.js';
import { Database } from '../../src/kernel/mongo/database.js';
import { StorageModule } from '../../src/kernel/mongo/storage.module.js';
import { UnitOfWork } from '../../src/kernel/mongo/unit-of-work.js';
import { testConfig } from './app.js';

export interface Thing {
  readonly _id: string;
  readonly name: string;
  readonly note?: string | undefined;
  readonly madeAt: Date;
}
class ThingDto {
  @IsString() name: string;
}
/** Leaves out what is not for the wire, and a note that there is none of. */
class ThingView {
  static of({ _id, name, note, madeAt }: Thing): unknown {
    return { id: _id, name, ...(note !== undefined && { note }), madeAt: madeAt.toISOString() };
  }
}

/** What the handlers do beside their work, as a test wants it. */
export const stage = { runs: 0, broken: false, pause: (): Promise<void> => Promise.resolve() };
const fault = () => new Conflict('Somebody moved first', { context: { thing: 'x' } });

/** Takes `user@tenant` for a token. */
@Injectable()
class NameReader extends CredentialReader {
  read(authorization: string | undefined): Promise<Actor> {
    const [userId, tenantId] = authorization?.replace(/^Bearer /, '').split('@') ?? [];
    if (userId === undefined || tenantId === undefined) return Promise.reject(new MissingToken());
    return Promise.resolve({ userId, tenantId, role: 'owner', email: 'a@example.com', name: 'A', sessionId: 'ses_1' });
  }
}

@Dialect('traced')
@Controller('api/v1/things')
class ThingsController {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  @Post('in-transaction') @Allow('self') @Answers(ThingView, { status: 201 }) inTransaction(@Body() { name }: ThingDto) {
    return this.unitOfWork.run((session) => this.make(name, session));
  }
  @Post('without') @Allow('self') @Answers(ThingView, { status: 201 }) without(@Body() { name }: ThingDto) {
    return this.make(name);
  }
  @Put(':name') @Allow('self') @Answers(ThingView) put(@Param('name') name: string) {
    return this.unitOfWork.run((session) => this.make(name, session));
  }
  @Post('nothing') @Allow('self') @Answers(null, { status: 201 }) async nothing(@Body() { name }: ThingDto) {
    await this.unitOfWork.run(async (session) => void (await this.make(name, session)));
  }
  @Post('conflict') @Allow('self') @Answers(ThingView) conflict(@Body() { name }: ThingDto) {
    return this.unitOfWork.run(async (session) => {
      await this.make(name, session);
      throw fault();
    });
  }
  @Post('invalid') @Allow('self') @Answers(ThingView) invalid() {
    return this.unless(new Invalid('The name is taken'));
  }
  @Post('unavailable') @Allow('self') @Answers(ThingView) unavailable() {
    return this.unless(new Unavailable('Not now', { outcome: 'none' }));
  }
  @Post('crash') @Allow('self') @Answers(ThingView, { status: 201 }) crash() {
    return this.unless(new TypeError('secret detail'));
  }
  @Post('crash-after-commit') @Allow('self') @Answers(ThingView, { status: 201 }) async crashAfterCommit(@Body() { name }: ThingDto) {
    const thing = await this.unitOfWork.run((session) => this.make(name, session));
    if (stage.broken) throw new TypeError('secret detail');
    return thing;
  }
  @Post('recovers') @Allow('self') @Answers(ThingView, { status: 201 }) async recovers(@Body() { name }: ThingDto) {
    const refused = this.unitOfWork.run(async (session) => {
      await this.make(name, session);
      throw fault();
    });
    await refused.catch(() => {});
    return this.make('instead');
  }
  @Post('two-steps') @Allow('self') @Answers(ThingView, { status: 201 }) async twoSteps(@Body() { name }: ThingDto) {
    const thing = await this.unitOfWork.run((session) => this.make(name, session));
    await this.unitOfWork.run((session) => this.make(`${name}, checked`, session));
    return thing;
  }
  @Post('secret') @Unrepeatable('the answer is a token') @Allow('self') @Answers(ThingView, { status: 201 }) secret(
    @Body() { name }: ThingDto,
  ) {
    return this.unitOfWork.run((session) => this.make(name, session));
  }
  @Get() @Allow('self') @Answers(ThingView) read() {
    return this.make('read');
  }

  /** Crashes, or whatever is to be thrown, in a transaction that has made a thing. */
  private unless(error: Error): Promise<Thing> {
    return this.unitOfWork.run(async (session) => {
      const thing = await this.make('after all', session);
      if (stage.broken) throw error;
      return thing;
    });
  }

  private async make(name: string, session?: ClientSession): Promise<Thing> {
    stage.runs++;
    const thing = { _id: randomUUID(), name, madeAt: new Date() };
    await this.database.collection<Thing>('things').insertOne(thing, { session });
    await stage.pause();
    return { ...thing, note: undefined };
  }
}

@Module({
  controllers: [ThingsController],
  providers: [
    { provide: CredentialReader, useClass: NameReader },
    { provide: ApiKeyReader, useValue: {} },
    { provide: APP_GUARD, useClass: AuthenticateGuard },
    { provide: APP_PIPE, useFactory: validationPipe },
  ],
})
class ThingsModule {}

export interface Node {
  readonly app: NestFastifyApplication;
  readonly url: string;
}

/** One of several servers over a database, with handlers that end in every way there is. */
export async function startThings(uri: string): Promise<Node> {
  const config = testConfig();
  const imports = [KernelModule, StorageModule.over(config, await Database.connect(uri)), ThingsModule];
  const app = await NestFactory.create<NestFastifyApplication>({ module: class {}, imports }, httpAdapter(config), {
    logger: false,
    bodyParser: false,
  });
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl() };
}

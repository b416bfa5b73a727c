import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, Injectable, Module, Param, Post, Put } from '@nestjs/common';
import { APP_GUARD, APP_PIPE, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { IsString } from 'class-validator';
import type { ClientSession } from 'mongodb';
import { type Answer, request, testConfig } from '../../../test/support/app.js';
import { testDatabaseUri } from '../../../test/support/database.js';
import { type Actor, CredentialReader } from '../actor/actor.js';
import { Allow } from '../actor/allow.decorator.js';
import { AuthenticateGuard } from '../actor/authenticate.guard.js';
import { Answers, Dialect } from '../dialect/dialect.decorator.js';
import { MissingToken } from '../fault/common-faults.js';
import { Conflict, Invalid, Unavailable } from '../fault/fault.js';
import { httpAdapter } from '../http/adapter.js';
import { validationPipe } from '../http/validation.js';
import { KernelModule } from '../kernel.module.js';
import { Database } from '../mongo/database.js';
import { StorageModule } from '../mongo/storage.module.js';
import { UnitOfWork } from '../mongo/unit-of-work.js';
import { Unrepeatable } from './unrepeatable.decorator.js';

interface Thing {
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
const stage = { runs: 0, broken: false, pause: (): Promise<void> => Promise.resolve() };
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
    const rolledBack = this.unitOfWork.run((session) =>
      this.make(name, session).then(() => this.unitOfWork.run(() => Promise.reject(fault()))),
    );
    await rolledBack.catch(() => {});
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
    { provide: APP_GUARD, useClass: AuthenticateGuard },
    { provide: APP_PIPE, useFactory: validationPipe },
  ],
})
class ThingsModule {}

interface Node {
  readonly app: NestFastifyApplication;
  readonly url: string;
}
interface Sent {
  readonly key?: string;
  readonly json?: unknown;
  readonly token?: string | null;
  readonly method?: string;
  readonly node?: Node;
}

let uri: string;
let nodes: [Node, Node];
let database: Database;

beforeAll(async () => {
  uri = testDatabaseUri('idempotency');
  nodes = [await startNode(), await startNode()];
  database = nodes[0].app.get(Database);
  await database.db.createCollection('things');
});
beforeEach(async () => {
  Object.assign(stage, { runs: 0, broken: false, pause: () => Promise.resolve() });
  await database.collection('things').deleteMany({});
  await database.collection('idempotency_records').deleteMany({});
});
afterAll(async () => {
  await database.db.dropDatabase();
  for (const { app } of nodes) await app.close();
});

async function startNode(): Promise<Node> {
  const config = testConfig();
  const imports = [KernelModule, StorageModule.over(config, await Database.connect(uri)), ThingsModule];
  const app = await NestFactory.create<NestFastifyApplication>({ module: class {}, imports }, httpAdapter(config), {
    logger: false,
    bodyParser: false,
  });
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl() };
}

function send(
  path: string,
  { key, json = { name: 'a' }, token = 'ann@acme', method = 'POST', node = nodes[0] }: Sent = {},
): Promise<Answer> {
  return request(node.url, method, `/api/v1/things${path}`, {
    ...(token !== null && { token }),
    ...(method !== 'GET' && { json }),
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });
}

const things = () => database.collection<Thing>('things').find().toArray();
const records = () => database.collection('idempotency_records').find().toArray();
const replayed = ({ headers }: Answer): boolean => headers.get('idempotency-replayed') === 'true';
/** An answer without what belongs to the request. */
const said = ({ status, body }: Answer) => ({ status, data: body.data, error: body.error });

describe('the same request again', () => {
  it.each(['/in-transaction', '/without', '/crash-after-commit'])(
    'gets the answer of the first from %s and acts no second time',
    async (path) => {
      const first = await send(path, { key: 'k1' });
      expect([first.status, replayed(first)]).toEqual([201, false]);
      expect(first.body.data).toEqual({ id: expect.any(String), name: 'a', madeAt: expect.any(String) });
      for (const node of nodes) {
        const again = await send(path, { key: 'k1', node });
        expect(replayed(again)).toBe(true);
        expect(said(again)).toEqual(said(first));
      }
      expect(stage.runs).toBe(1);
      expect(await things()).toHaveLength(1);
    },
  );

  it('gets an answer without a value again', async () => {
    const answers = [await send('/nothing', { key: 'k1' }), await send('/nothing', { key: 'k1' })];
    expect(answers.map(said)).toEqual([1, 2].map(() => ({ status: 201, data: null, error: null })));
    expect(answers.map(replayed)).toEqual([false, true]);
    expect(await things()).toHaveLength(1);
  });

  it('gets the fault of the first, which left nothing', async () => {
    const first = await send('/conflict', { key: 'k1' });
    const again = await send('/conflict', { key: 'k1' });
    expect(said(first)).toEqual({
      status: 409,
      data: null,
      error: { code: 'conflict', message: 'Somebody moved first', context: { thing: 'x' } },
    });
    expect(said(again)).toEqual(said(first));
    expect([first, again].map(replayed)).toEqual([false, true]);
    expect(stage.runs).toBe(1);
    expect(await things()).toEqual([]);
  });

  it('gets the stored value where the first crashed after its commit', async () => {
    stage.broken = true;
    expect((await send('/crash-after-commit', { key: 'k1' })).status).toBe(500);
    stage.broken = false;
    const again = await send('/crash-after-commit', { key: 'k1' });
    expect([again.status, replayed(again)]).toEqual([201, true]);
    expect((await things()).map(({ _id }) => _id)).toEqual([again.body.data.id]);
  });

  it('acts again without a key, or with another', async () => {
    const answers = [await send('/in-transaction'), await send('/in-transaction'), await send('/in-transaction', { key: 'k1' })];
    answers.push(await send('/in-transaction', { key: 'k2' }));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(await things()).toHaveLength(4);
    expect(await records()).toHaveLength(2);
  });
});

describe('a key', () => {
  const other = { code: 'idempotency_key_reused', message: 'Idempotency-Key was used with another request', context: {} };

  it.each([
    ['body', '/in-transaction', { name: 'b' }],
    ['query', '/in-transaction?dry=1', { name: 'a' }],
  ])('is refused with another %s', async (_case, path, json) => {
    await send('/in-transaction', { key: 'k1' });
    const refused = await send(path, { key: 'k1', json });
    expect(said(refused)).toEqual({ status: 422, data: null, error: other });
    expect(refused.body.meta.traceId).toBe(refused.headers.get('x-trace-id'));
    expect(await things()).toHaveLength(1);
  });

  it('is another one for another caller, tenant, method or path', async () => {
    const sent: [string, Sent][] = [
      ['/in-transaction', {}],
      ['/in-transaction', { token: 'bob@acme' }],
      ['/in-transaction', { token: 'ann@globex' }],
      ['/without', {}],
      ['/in-transaction', { method: 'PUT' }],
      ['/other', { method: 'PUT' }],
    ];
    for (const [path, how] of sent) expect(replayed(await send(path, { key: 'k1', ...how }))).toBe(false);
    expect(await things()).toHaveLength(sent.length);
    for (const [path, how] of sent) expect(replayed(await send(path, { key: 'k1', ...how }))).toBe(true);
    expect(await things()).toHaveLength(sent.length);
  });

  it.each(['', 'ü', 'k'.repeat(256), 'tab\there'])('is refused when it is %j', async (key) => {
    const refused = await send('/in-transaction', { key });
    expect([refused.status, refused.body.error.code]).toEqual([400, 'invalid_idempotency_key']);
    expect(await things()).toEqual([]);
  });

  it('counts for nothing on a read', async () => {
    await send('', { method: 'GET', key: 'k1' });
    expect(replayed(await send('', { method: 'GET', key: 'k1' }))).toBe(false);
    expect(await records()).toEqual([]);
  });

  it('is not honoured where the answer must not be stored', async () => {
    const answers = [await send('/secret', { key: 'k1' }), await send('/secret', { key: 'k1' })];
    expect(answers.map(replayed)).toEqual([false, false]);
    expect(await things()).toHaveLength(2);
    expect(await records()).toEqual([]);
  });
});

describe('what may end differently next time is not stored:', () => {
  it.each([
    ['invalid', 400, 'validation_failed'],
    ['unavailable', 503, 'unavailable'],
    ['crash', 500, 'internal_error'],
  ])('%s', async (path, status, code) => {
    stage.broken = true;
    const first = await send(`/${path}`, { key: 'k1' });
    expect([first.status, first.body.error.code]).toEqual([status, code]);
    expect(JSON.stringify(first.body)).not.toContain('secret detail');
    expect([await records(), await things()]).toEqual([[], []]);
    stage.broken = false;
    const again = await send(`/${path}`, { key: 'k1' });
    expect([again.body.data.name, replayed(again)]).toEqual(['after all', false]);
    expect(await things()).toHaveLength(1);
  });

  it.each([
    ['a body that is not valid', { json: { nam: 'a' } }, 400],
    ['nobody signed in', { token: null }, 401],
  ])('%s', async (_case, how, status) => {
    expect((await send('/in-transaction', { key: 'k1', ...how })).status).toBe(status);
    expect(await records()).toEqual([]);
    const right = await send('/in-transaction', { key: 'k1' });
    expect([right.status, replayed(right)]).toEqual([201, false]);
  });
});

describe('at once', () => {
  it('on one node the second is told to wait, and another request that it took a used key', async () => {
    const [inside, goOn] = [gate(), gate()];
    stage.pause = () => (inside.open(), goOn.opened);
    const first = send('/in-transaction', { key: 'k1' });
    await inside.opened;
    const second = await send('/in-transaction', { key: 'k1' });
    expect([second.status, second.body.error.code, second.headers.get('retry-after')]).toEqual([409, 'request_in_flight', '1']);
    const third = await send('/in-transaction', { key: 'k1', json: { name: 'b' } });
    expect([third.status, third.body.error.code]).toEqual([422, 'idempotency_key_reused']);
    goOn.open();
    expect((await first).status).toBe(201);
    expect(await records()).toHaveLength(1);
    expect(said(await send('/in-transaction', { key: 'k1' }))).toEqual(said(await first));
  });

  it('on two nodes one acts and both answer the same', async () => {
    for (let round = 0; round < 10; round++) {
      stage.runs = 0;
      stage.pause = meeting(2);
      const answers = await Promise.all(nodes.map((node) => send('/in-transaction', { key: `k${round}`, node })));
      expect(stage.runs).toBeGreaterThan(1);
      expect(said(answers[0] as Answer)).toMatchObject({ status: 201, data: { name: 'a' } });
      expect(said(answers[1] as Answer)).toEqual(said(answers[0] as Answer));
      expect(answers.filter(replayed)).toHaveLength(1);
      expect(await things()).toHaveLength(round + 1);
    }
  });

  it('on two nodes with different bodies one acts and the other is refused', async () => {
    stage.pause = meeting(2);
    const answers = await Promise.all(
      nodes.map((node, number) => send('/in-transaction', { key: 'k1', json: { name: `${number}` }, node })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422]);
    expect(await things()).toHaveLength(1);
  });
});

describe('the record', () => {
  it('holds nothing of the request in clear', async () => {
    await send('/nothing', { key: 'my key', json: { name: 'hunter2' } });
    await send('/conflict', { key: 'my other key', json: { name: 'hunter2' } });
    const found = await records();
    expect(found).toHaveLength(2);
    expect(JSON.stringify(found)).not.toMatch(/hunter2|my key|my other key/);
    for (const record of found) {
      expect(Object.keys(record).filter((name) => name !== 'fault')).toEqual(['_id', 'tenantId', 'requestHash', 'callerId', 'at']);
    }
  });

  it('is that of what was committed where a first try was rolled back', async () => {
    const first = await send('/recovers', { key: 'k1' });
    expect([first.status, first.body.data.name]).toEqual([201, 'instead']);
    const again = await send('/recovers', { key: 'k1' });
    expect([replayed(again), said(again)]).toEqual([true, said(first)]);
    expect((await things()).map(({ name }) => name)).toEqual(['instead']);
  });

  it('is one, of the first step, where a request commits twice', async () => {
    const first = await send('/two-steps', { key: 'k1' });
    expect(first.status).toBe(201);
    expect(said(await send('/two-steps', { key: 'k1' }))).toEqual(said(first));
    expect((await things()).map(({ name }) => name).sort()).toEqual(['a', 'a, checked']);
    expect(await records()).toHaveLength(1);
  });
});

function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** Holds everybody until `count` are there; whoever comes later passes. */
function meeting(count: number): () => Promise<void> {
  const { opened, open } = gate();
  let here = 0;
  return () => {
    if (++here === count) open();
    return opened;
  };
}

import { type Answer, request } from '../../../test/support/app.js';
import { testDatabaseUri } from '../../../test/support/database.js';
import { type Node, stage, startThings, type Thing } from '../../../test/support/things.module.js';
import { Database } from '../mongo/database.js';

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
  nodes = [await startThings(uri), await startThings(uri)];
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
      const answers = await Promise.all(nodes.map((node) => settled({ key: `k${round}`, node })));
      expect(stage.runs).toBeGreaterThan(1);
      expect(said(answers[0] as Answer)).toMatchObject({ status: 201, data: { name: 'a' } });
      expect(said(answers[1] as Answer)).toEqual(said(answers[0] as Answer));
      expect(answers.filter(replayed)).toHaveLength(1);
      expect(await things()).toHaveLength(round + 1);
    }
  });

  it('on two nodes with different bodies one acts and the other is refused', async () => {
    stage.pause = meeting(2);
    const answers = await Promise.all(nodes.map((node, number) => settled({ key: 'k1', json: { name: `${number}` }, node })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 422]));
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

/** Asks as a client should that is told to come again. */
async function settled(how: Sent): Promise<Answer> {
  const answer = await send('/in-transaction', how);
  if (answer.status !== 409) return answer;
  expect([answer.body.error.code, answer.headers.get('retry-after')]).toEqual(['request_in_flight', '1']);
  return settled(how);
}

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

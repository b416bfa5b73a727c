import { JobQueue } from '../../../src/kernel/jobs/job-queue.js';
import { UnitOfWork } from '../../../src/kernel/mongo/unit-of-work.js';
import { type Answer, startApp, type TestApp } from '../../support/app.js';
import { as, newTenant, type Somebody } from '../../support/as.js';
import { deadJob } from '../../support/jobs.js';

let app: TestApp;
let admin: Somebody;

beforeAll(async () => {
  app = await startApp({ env: { BACKGROUND_INTERVAL_MS: '150' } });
});
beforeEach(async () => {
  admin = await as(app, 'admin', await newTenant(app));
});
afterAll(() => app.close());

const get = (path: string, { token } = admin) => app.call('GET', `/api/v1/jobs${path}`, { token });
const retry = (id: string, { token } = admin) => app.call('POST', `/api/v1/jobs/${id}/retry`, { token });
const told = ({ status, body }: Answer) => ({ status, error: body.error as unknown });
const ids = ({ body }: Answer) => (body.data as { id: string }[]).map(({ id }) => id);
const notFound = { status: 404, error: { code: 'not_found', message: 'Job not found', context: {} } };

it('shows a job: what it is, how often it was tried and why it failed, and nothing of what is in it', async () => {
  const id = await deadJob(app, admin.tenantId, 'No such endpoint');
  const { status, body } = await get(`/${id}`);
  expect({ status, data: body.data as unknown }).toEqual({
    status: 200,
    data: {
      id,
      kind: 'tests.dying',
      state: 'dead',
      runAt: '2026-01-01T00:00:00.000Z',
      attempts: 10,
      lastError: 'No such endpoint',
      createdAt: '2026-01-01T00:00:00.000Z',
      endedAt: '2026-01-01T00:00:00.000Z',
    },
  });
});

it('lists them newest first, page by page, by state and kind', async () => {
  const made = [];
  for (const name of ['a', 'b', 'c']) made.unshift(await deadJob(app, admin.tenantId, name));
  const first = await get('?limit=2&state=dead&kind=tests.dying');
  expect(ids(first)).toEqual(made.slice(0, 2));
  const { nextCursor } = first.body.meta.page;
  const second = await get(`?limit=2&cursor=${nextCursor}`);
  expect([ids(second), second.body.meta.page.nextCursor]).toEqual([made.slice(2), null]);
  expect(ids(await get('?state=done'))).toEqual([]);
  expect(ids(await get('?kind=tests.other'))).toEqual([]);
});

it.each(['?state=gone', '?limit=0', '?limit=101', '?cursor=x', '?queue=a', `?kind=${'x'.repeat(51)}`])('refuses %s', async (query) => {
  expect((await get(query)).status).toBe(400);
});

it('gives a dead job its tries back, once, and says who did', async () => {
  const id = await deadJob(app, admin.tenantId, 'No such endpoint');
  const { status, body } = await retry(id);
  expect([status, body.data.state, body.data.attempts]).toEqual([202, 'waiting', 0]);
  const onlyDead = { status: 409, error: { code: 'conflict', message: 'Only a dead job can be retried', context: {} } };
  expect(told(await retry(id))).toEqual(onlyDead);
  const audit = await app.call('GET', `/api/v1/audit?subjectId=${id}`, { token: admin.token });
  expect(audit.body.data).toMatchObject([
    { action: 'job.retried', actor: { id: admin.userId }, before: { state: 'dead' }, after: { state: 'waiting' } },
  ]);
});

it('runs it then', async () => {
  const queue = app.app.get(JobQueue);
  let isMended = false;
  const run = () => (isMended ? Promise.resolve() : Promise.reject(new Error('broken')));
  queue.handle({ kind: 'tests.mended', maxAttempts: 1, run });
  const [id = ''] = await app.app
    .get(UnitOfWork)
    .transact((session) => queue.enqueue(session, [{ kind: 'tests.mended', tenantId: admin.tenantId, payload: {} }]));
  const isIn = async (state: string) => {
    for (let tries = 0; (await get(`/${id}`)).body.data.state !== state; tries++) expect(tries).toBeLessThan(500);
  };
  await isIn('dead');
  isMended = true;
  await retry(id);
  await isIn('done');
});

it('does not tell a job of another tenant from none', async () => {
  const id = await deadJob(app, await newTenant(app), 'x');
  for (const unknown of [id, 'job_none', 'x']) {
    expect(told(await get(`/${unknown}`))).toEqual(notFound);
    expect(told(await retry(unknown))).toEqual(notFound);
  }
  expect(ids(await get(''))).toEqual([]);
  expect((await get(`/${id}`, await as(app, 'system_admin'))).status).toBe(200);
});

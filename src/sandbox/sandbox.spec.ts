import {
  adyenHeaders,
  adyenPayment,
  formOf,
  newReference,
  send,
  startTestSandbox,
  stripeHeaders,
  stripePayment,
  type TestSandbox,
  testClients,
} from '../../test/support/sandbox.js';
import { buildSandbox, type SandboxProgram } from '../../test/support/sandbox-process.js';
import type { BookEntry } from './engine/books.js';

describe('a sandbox', () => {
  let bench: TestSandbox;
  beforeAll(async () => (bench = await startTestSandbox()));
  afterAll(() => bench.close());
  beforeEach(() => bench.reset());

  it('knows after a restart what it knew: books, answers, switches, and its certificate', async () => {
    const clients = await testClients(bench);
    const references = clients.map(() => newReference());
    const answers = await Promise.all(clients.map(({ pay }, index) => pay(references[index] as string, `key ${index}`)));
    await bench.turn('adyen', { successRate: 0.5, faults: [{ kind: 'rate_limit', times: 3 }] });
    await bench.request('POST', '/sandbox/providers/paypal/webhook', { body: { url: 'http://127.0.0.1:9/', secret: 'WH' } });
    const [books, state] = [await bench.books(), (await bench.request('GET', '/sandbox/state')).body.providers];
    await bench.restart();
    expect(await bench.books()).toEqual(books);
    const after = (await bench.request('GET', '/sandbox/state')).body.providers;
    expect(after.adyen.settings).toEqual(state.adyen.settings);
    expect(after.paypal.webhook).toEqual({ url: 'http://127.0.0.1:9/', pending: 0 });
    await bench.turn('adyen', {});
    const again = await testClients(bench);
    const replays = await Promise.all(again.map(({ pay }, index) => pay(references[index] as string, `key ${index}`)));
    const steady = (body: unknown) => JSON.stringify(body).replace(/127\.0\.0\.1:\d+/g, '');
    expect(replays.map(({ body }) => steady(body))).toEqual(answers.map(({ body }) => steady(body)));
    expect(await bench.books()).toEqual(books);
  });

  it('forgets everything when it is reset', async () => {
    const clients = await testClients(bench);
    for (const { pay } of clients) await pay(newReference(), 'k');
    await bench.turn('stripe', { outage: 'refuse' });
    await bench.reset();
    expect(await bench.books()).toEqual([]);
    const { providers } = (await bench.request('GET', '/sandbox/state')).body;
    expect(providers.stripe).toMatchObject({ settings: { outage: 'none', successRate: 1 }, webhook: null, counts: {} });
    await bench.restart();
    expect(await bench.books()).toEqual([]);
  });

  it('says what it is', async () => {
    expect((await bench.request('GET', '/sandbox/state')).body.notice).toBe('sandbox, no money moves');
    const page = await bench.request('GET', '/sandbox/actions/stripe/%3Cscript%3E');
    expect(page.body).toContain('sandbox, no money moves');
    expect(page.body).not.toContain('<script>');
  });

  it.each([
    ['PUT', '/sandbox/providers/stripe', { successRate: 2 }, 400],
    ['PUT', '/sandbox/providers/stripe', { succesRate: 1 }, 400],
    ['PUT', '/sandbox/providers/stripe', { faults: [{ kind: 'fire' }] }, 400],
    ['PUT', '/sandbox/providers/visa', {}, 404],
    ['POST', '/sandbox/providers/stripe/webhook', { url: 'ftp://127.0.0.1/', secret: 'x' }, 400],
    ['POST', '/sandbox/actions/stripe/pi_none/approve', {}, 409],
    ['GET', '/unicorns', undefined, 404],
  ])('refuses %s %s %j with %d', async (method, path, body, status) => {
    expect((await bench.request(method, path, { body })).status).toBe(status);
  });

  it('draws the same for the same seed, and otherwise for another', async () => {
    const approved = async (seed: string) => {
      const other = await startTestSandbox({ seed });
      try {
        const clients = await testClients(other);
        for (const { name, pay } of clients) {
          await other.turn(name, { successRate: 0.5 });
          for (let n = 0; n < 12; n++) await pay(`seeded-${n}`, `${n}`);
        }
        return (await other.books()).map(({ provider, reference, captured }) => `${provider} ${reference} ${captured}`);
      } finally {
        await other.close();
      }
    };
    const [one, same, different] = [await approved('1'), await approved('1'), await approved('2')];
    expect(same).toEqual(one);
    expect(different).not.toEqual(one);
  });
});

describe('the program', () => {
  let program: SandboxProgram;
  beforeAll(async () => (program = await buildSandbox()));
  afterAll(() => program.remove());

  it('ends with 0 when it is asked to, though a client still waits', async () => {
    const sandbox = await program.start();
    await send('PUT', `${sandbox.url}/sandbox/providers/stripe`, { body: { outage: 'hang' } });
    const waiting = send('GET', `${sandbox.url}/v1/payment_intents`, { headers: stripeHeaders }).catch((error: Error) => error.message);
    expect(await sandbox.stop()).toBe(0);
    expect(await waiting).toBe('fetch failed');
    const again = await program.start();
    await send('POST', `${again.url}/sandbox/reset`);
    expect(await again.stop()).toBe(0);
  });

  it('killed at any time, has what it has answered, and does nothing twice', async () => {
    const payments = Array.from({ length: 120 }, (_, n) => `kill-${n}`);
    const payAt = async (url: string, reference: string): Promise<number | null> => {
      const key = { 'idempotency-key': `key ${reference}` };
      const stripe = { headers: { ...stripeHeaders, ...key }, body: formOf(stripePayment(reference)) };
      const adyen = { headers: { ...adyenHeaders, ...key }, body: adyenPayment(reference) };
      try {
        const [one, other] = [
          await send('POST', `${url}/v1/payment_intents`, stripe),
          await send('POST', `${url}/adyen/v71/payments`, adyen),
        ];
        return Math.max(one.status, other.status);
      } catch {
        return null;
      }
    };
    const answered = new Set<string>();
    for (let round = 0; round < 3; round++) {
      const sandbox = await program.start();
      const killAt = 20 + 20 * round;
      let paid = 0;
      const killed = new Promise<void>((resolve) => {
        void Promise.all(
          payments.map(async (reference) => {
            if ((await payAt(sandbox.url, reference)) === 200) answered.add(reference);
            if (++paid === killAt) resolve(sandbox.kill());
          }),
        );
      });
      await killed;
    }
    const sandbox = await program.start();
    const booked = async () => (await send('GET', `${sandbox.url}/sandbox/books`)).body.payments as readonly BookEntry[];
    const before = await booked();
    const known = (entries: readonly BookEntry[], provider: string) => entries.filter((entry) => entry.provider === provider);
    for (const provider of ['stripe', 'adyen']) {
      const references = new Set(known(before, provider).map(({ reference }) => reference));
      expect([...answered].filter((reference) => !references.has(reference))).toEqual([]);
    }
    expect(answered.size).toBeGreaterThan(0);
    expect(new Set(await Promise.all(payments.map((reference) => payAt(sandbox.url, reference))))).toEqual(new Set([200]));
    const after = await booked();
    for (const provider of ['stripe', 'adyen']) {
      expect(
        known(after, provider)
          .map(({ reference }) => reference)
          .sort(),
      ).toEqual([...payments].sort());
    }
    expect(after.filter(({ authorized, captured, captures }) => authorized !== 1200 || captured !== 1200 || captures !== 1)).toEqual([]);
    await sandbox.stop();
  });
});

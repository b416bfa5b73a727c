import { eventually } from '../../../test/support/eventually.js';
import {
  newReference,
  type Reply,
  startTestSandbox,
  type TestClient,
  testClients,
  type TestSandbox,
} from '../../../test/support/sandbox.js';
import type { ProviderName } from './settings.js';

let bench: TestSandbox;
let clients: readonly TestClient[];
beforeAll(async () => {
  bench = await startTestSandbox();
  clients = await testClients(bench);
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const client = (name: ProviderName) => clients.find((one) => one.name === name) as TestClient;
const names = ['stripe', 'paypal', 'adyen'] as const;

const taken = async (reference: string) => {
  const [entry] = await bench.books(reference);
  return entry === undefined ? 0 : entry.captured;
};

/** How a payment ends for its client: with an answer, or without one. Once `isDone`, a client that still waits gives up. */
async function outcome(name: ProviderName, reference: string, isDone: () => Promise<boolean>): Promise<Reply | 'no answer' | 'cut off'> {
  const giveUp = new AbortController();
  const paid = client(name)
    .pay(reference, `key ${reference}`, giveUp.signal)
    .catch((error: Error) => (error.name === 'AbortError' ? ('no answer' as const) : ('cut off' as const)));
  await Promise.race([paid, eventually(isDone)]);
  giveUp.abort();
  return paid;
}

const faultOnce = (kind: string) => ({ faults: [{ kind, operation: 'authorize', times: 1 }] });

describe.each(names)('at %s', (name) => {
  const met = (kind: string) => async () => (await bench.count(name, kind)) > 0;

  it.each([
    ['timeout_before', 'no answer', 0],
    ['timeout_after', 'no answer', 1200],
    ['reset_before', 'cut off', 0],
    ['reset_after', 'cut off', 1200],
  ])('%s leaves the client with %s, and the books with %d', async (kind, ending, captured) => {
    const reference = newReference();
    await bench.turn(name, faultOnce(kind));
    const isDone = captured === 0 ? met(kind) : async () => (await taken(reference)) > 0;
    expect(await outcome(name, reference, isDone)).toBe(ending);
    expect([await taken(reference), await bench.count(name, kind)]).toEqual([captured, 1]);
    // The same key again has one effect, and the answer.
    expect((await client(name).pay(reference, `key ${reference}`)).status).toBeLessThan(300);
    expect(await bench.books(reference)).toMatchObject([{ captured: 1200, captures: 1, authorizations: 1 }]);
  });

  it.each([
    ['http500_after', 500, 1200],
    ['rate_limit', 429, 0],
    ['conflict', name === 'adyen' ? 422 : 409, 0],
  ])('%s answers %d, and the books have %d', async (kind, status, captured) => {
    const reference = newReference();
    await bench.turn(name, faultOnce(kind));
    expect((await client(name).pay(reference, `key ${reference}`)).status).toBe(status);
    expect(await taken(reference)).toBe(captured);
    expect((await client(name).pay(reference, `key ${reference}`)).status).toBeLessThan(300);
    expect(await bench.books(reference)).toMatchObject([{ captured: 1200, captures: 1 }]);
  });

  it('malformed answers 200 with half of the JSON, of what was applied', async () => {
    const reference = newReference();
    await bench.turn(name, faultOnce('malformed'));
    const reply = await client(name).pay(reference, 'k');
    expect([reply.status, typeof reply.body]).toEqual([200, 'string']);
    expect(() => JSON.parse(reply.body as string)).toThrow(SyntaxError);
    expect(await taken(reference)).toBe(1200);
  });

  it('wrong_amount takes another amount, and says so', async () => {
    const reference = newReference();
    await bench.turn(name, faultOnce('wrong_amount'));
    const { body } = await client(name).pay(reference, 'k');
    const said = { stripe: body.amount, paypal: body.purchase_units?.[0].amount.value, adyen: body.amount?.value }[name];
    expect(said).toBe({ stripe: 1201, paypal: '12.01', adyen: 1201 }[name]);
    expect(await taken(reference)).toBe(1201);
  });

  it('wrong_currency takes another currency, and says so', async () => {
    const reference = newReference();
    await bench.turn(name, faultOnce('wrong_currency'));
    const { body } = await client(name).pay(reference, 'k');
    const said = { stripe: body.currency, paypal: body.purchase_units?.[0].amount.currency_code, adyen: body.amount?.currency }[name];
    expect(said).toBe({ stripe: 'eur', paypal: 'EUR', adyen: 'EUR' }[name]);
    expect(await bench.books(reference)).toMatchObject([{ currency: 'EUR', captured: 1200 }]);
  });

  it('a fault of another operation spares this one', async () => {
    await bench.turn(name, { faults: [{ kind: 'rate_limit', operation: 'refund' }] });
    expect((await client(name).pay(newReference(), 'k')).status).toBeLessThan(300);
  });

  it('a share of faults falls on the same payments, in whatever order they come', async () => {
    const references = Array.from({ length: 20 }, (_, n) => `shared-${n}`);
    const unlucky = async (order: readonly string[]) => {
      await bench.reset();
      await bench.turn(name, { faults: [{ kind: 'rate_limit', operation: 'authorize', share: 0.5 }] });
      const replies = await Promise.all(
        order.map(async (reference) => [reference, (await client(name).pay(reference, reference)).status] as const),
      );
      return replies.flatMap(([reference, status]) => (status === 429 ? [reference] : [])).sort();
    };
    const first = await unlucky(references);
    expect(first.length).toBeGreaterThan(3);
    expect(first.length).toBeLessThan(17);
    expect(await unlucky([...references].reverse())).toEqual(first);
  });

  it('a success rate decides by the reference', async () => {
    const references = Array.from({ length: 20 }, (_, n) => `lucky-${n}`);
    const approved = async (order: readonly string[]) => {
      await bench.reset();
      await bench.turn(name, { successRate: 0.5 });
      for (const reference of order) await client(name).pay(reference, reference);
      return (await bench.books()).flatMap(({ reference, captured }) => (captured > 0 ? [reference] : [])).sort();
    };
    const first = await approved(references);
    expect(first.length).toBeGreaterThan(3);
    expect(first.length).toBeLessThan(17);
    expect(await approved([...references].reverse())).toEqual(first);
  });

  it.each([
    ['hang', 'no answer'],
    ['refuse', 'cut off'],
  ])('an outage that is %s', async (outage, ending) => {
    const reference = newReference();
    await bench.turn(name, { outage });
    expect(await outcome(name, reference, met(`outage_${outage}`))).toBe(ending);
    expect(await bench.books(reference)).toEqual([]);
    await bench.turn(name, {});
    expect((await client(name).pay(reference, 'k')).status).toBeLessThan(300);
  });

  it('an outage of errors', async () => {
    const reference = newReference();
    await bench.turn(name, { outage: 'http500' });
    expect((await client(name).pay(reference, 'k')).status).toBe(500);
    expect(await bench.books(reference)).toEqual([]);
  });

  it('an outage refuses connections at its own address, until it is over', async () => {
    const codeOf = () =>
      fetch(bench.sandbox.urls[name]).then(
        ({ status }) => status,
        ({ cause }: { cause: NodeJS.ErrnoException }) => cause.code,
      );
    expect(await codeOf()).toBe(404);
    await bench.turn(name, { outage: 'refuse' });
    expect(await codeOf()).toBe('ECONNREFUSED');
    await bench.turn(name, {});
    expect(await codeOf()).toBe(404);
  });

  it('a key whose request is still worked on is in use', async () => {
    const reference = newReference();
    await bench.turn(name, { latencyMs: 60_000 });
    const giveUp = new AbortController();
    const both = [1, 2].map(() => client(name).pay(reference, 'busy', giveUp.signal));
    const refused = await Promise.race(both);
    expect(refused.status).toBe(name === 'adyen' ? 422 : 409);
    giveUp.abort();
    const ends = await Promise.allSettled(both);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await bench.books(reference)).toEqual([]);
  });

  it('a latency by percentiles still answers', async () => {
    await bench.turn(name, { latencyMs: { p50: 2, p99: 5 } });
    expect((await client(name).pay(newReference(), 'k')).status).toBeLessThan(300);
  });
});

import { benchOver, memoryBooks, mongoBooks } from '../../test/support/ledger/bench.js';
import { commandsOf } from '../../test/support/ledger/commands.js';
import { MemoryLedgerStore } from '../../test/support/ledger/memory-ledger-store.js';
import { ledgerWriterContract } from '../../test/support/ledger/writer-contract.js';

ledgerWriterContract('the grouped writer over the memory', () => Promise.resolve(benchOver(memoryBooks())));
ledgerWriterContract('the grouped writer over mongod', async () => benchOver(await mongoBooks()));

describe('keys', () => {
  const of = commandsOf('tenant');

  /** A writer, and the keys that it has looked up since this was asked last. */
  function writerAndQuestions() {
    const store = new MemoryLedgerStore();
    const used = jest.spyOn(store, 'used');
    const asked = () => used.mock.calls.splice(0).flatMap(([, keys]) => keys);
    return { writer: benchOver(memoryBooks(store)).node().writer, asked };
  }

  it('are not looked up where nobody sends a request again', async () => {
    const { writer, asked } = writerAndQuestions();
    for (const key of ['a', 'b', 'c']) await writer.post(of.grant('ann', 1, { key }));
    expect(asked()).toEqual([]);
  });

  it('are looked up in the next 100 batches after a request that was sent again', async () => {
    const { writer, asked } = writerAndQuestions();
    await writer.post(of.grant('ann', 5, { key: 'a' }));
    const both = await Promise.all(['a', 'b'].map((key) => writer.post(of.grant('ann', 5, { key }))));
    expect(both).toMatchObject([
      { replayed: true, entry: { n: 1 } },
      { replayed: false, entry: { n: 2 } },
    ]);
    expect(asked()).toEqual(['a', 'b']);
    for (let count = 0; count < 101; count++) await writer.post(of.grant('ann', 1, { key: `c${count}` }));
    expect(asked()).toEqual(Array.from({ length: 100 }, (_, count) => `c${count}`));
  });

  it('that were there already are no node that stands in the way', async () => {
    const { writer, store } = benchOver(memoryBooks()).node();
    for (let times = 0; times < 2; times++) await writer.post(of.grant('ann', 5, { key: 'a' }));
    const now = performance.now.bind(performance);
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now() + 2_000);
    store.faults.push('rolled back');
    expect(await writer.post(of.grant('ann', 5, { key: 'b' }))).toMatchObject({ entry: { n: 2 } });
    expect([store.faults, store.breakIns]).toEqual([[], 0]);
    clock.mockRestore();
  });

  it.each(['open, not applied', 'open, applied later'] as const)(
    'that were there already end an attempt that is %s',
    async (fault) => {
      const { writer, store } = benchOver(memoryBooks()).node();
      await writer.post(of.grant('ann', 5, { key: 'a' }));
      store.faults.push(fault);
      expect(await writer.post(of.grant('ann', 5, { key: 'a' }))).toMatchObject({ replayed: true, entry: { n: 1 } });
      expect(store.faults).toEqual([]);
    },
    5_000,
  );

  it('are looked up before a request is refused', async () => {
    const { writer, asked } = writerAndQuestions();
    await writer.post(of.grant('ann', 5, { key: 'a' }));
    await expect(writer.post(of.spend('ann', 6, { key: 'b' }))).rejects.toMatchObject({ code: 'insufficient_credits' });
    expect(asked()).toEqual(['b']);
  });

  it('are looked up where other documents are written too, which are not written a second time in vain', async () => {
    const { writer, asked } = writerAndQuestions();
    await writer.post(of.grant('ann', 5, { key: 'a' }), { with: async () => {} });
    const others = jest.fn(async () => {});
    expect(await writer.post(of.grant('ann', 5, { key: 'a' }), { with: others })).toMatchObject({ replayed: true });
    expect(others).not.toHaveBeenCalled();
    expect(asked()).toEqual(['a', 'a']);
  });
});

import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from './journal.js';
import { Store } from './store.js';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'payops-store-'));
  path = join(directory, 'some', 'provider.journal');
});
afterEach(() => rmSync(directory, { recursive: true }));

const open = () => new Store(new Journal(path));
const lines = () => readFileSync(path, 'utf8').split('\n').slice(0, -1);

describe('a store', () => {
  it('has after a restart what it had before, in the same order', () => {
    const store = open();
    const table = store.table<{ readonly n: number }>('things');
    for (const n of [3, 1, 2]) table.put(`t${n}`, { n });
    table.put('t1', { n: 10 });
    table.remove('t2');
    store.close();
    expect(open().table('things').entries()).toEqual([
      ['t3', { n: 3 }],
      ['t1', { n: 10 }],
    ]);
  });

  it('writes a transaction as one line, and none that changes nothing', () => {
    const store = open();
    store.transact(() => {
      store.table('a').put('1', 'one');
      store.table('b').put('2', 'two');
    });
    store.transact(() => store.table('a').get('1'));
    expect(lines()).toEqual(['[["a","1","one"],["b","2","two"]]']);
  });

  it('forgets what a failed transaction had done', () => {
    const store = open();
    const table = store.table<string>('a');
    table.put('1', 'one');
    const failing = () =>
      store.transact(() => {
        table.put('1', 'other');
        table.put('2', 'two');
        throw new Error('no');
      });
    expect(failing).toThrow('no');
    expect(table.entries()).toEqual([['1', 'one']]);
    expect(lines()).toHaveLength(1);
  });

  it('lets a part of a transaction fail by itself', () => {
    const store = open();
    const table = store.table<string>('a');
    store.transact(() => {
      table.put('1', 'one');
      expect(() =>
        store.transact(() => {
          table.put('2', 'two');
          throw new Error('no');
        }),
      ).toThrow('no');
      table.put('3', 'three');
    });
    store.close();
    expect(open().table('a').entries()).toEqual([
      ['1', 'one'],
      ['3', 'three'],
    ]);
  });

  it.each(['[["a","2","tw', '[["a","2","two"]]'])('cuts off a line that was only begun: %s', (begun) => {
    const store = open();
    store.table('a').put('1', 'öne');
    store.close();
    appendFileSync(path, begun);
    const again = open();
    again.table('a').put('3', 'three');
    again.close();
    expect(lines()).toEqual(['[["a","1","öne"]]', '[["a","3","three"]]']);
    expect(open().table('a').entries()).toHaveLength(2);
  });

  it('does not start on a line that is broken and not the last', () => {
    open().close();
    writeFileSync(path, '[["a","1"\n[["a","2","two"]]\n');
    expect(open).toThrow(SyntaxError);
  });

  it('is empty after it was cleared, and stays so', () => {
    const store = open();
    store.table('a').put('1', 'one');
    store.clear();
    expect(store.table('a').rows()).toEqual([]);
    store.table('a').put('2', 'two');
    store.close();
    expect(open().table('a').entries()).toEqual([['2', 'two']]);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chance } from './chance.js';
import { Journal } from './journal.js';
import { Store } from './store.js';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'payops-chance-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const chance = (seed: string, provider = 'stripe', name = seed) =>
  new Chance(seed, provider, new Store(new Journal(join(directory, name))).table('draws'));

describe('chance', () => {
  it('decides the n-th time for a reference alike, whatever comes between', () => {
    const [one, other] = [chance('seed', 'stripe', 'one'), chance('seed', 'stripe', 'other')];
    const inOrder = ['a', 'a', 'b', 'b', 'c'].map((reference) => `${reference} ${one.draw('approval', reference)}`);
    const shuffled = ['c', 'b', 'a', 'b', 'a'].map((reference) => `${reference} ${other.draw('approval', reference)}`);
    expect([...shuffled].sort()).toEqual([...inOrder].sort());
    expect(new Set(inOrder.map((draw) => draw.slice(2))).size).toBe(5);
  });

  it('depends on seed, provider and purpose', () => {
    const draws = [
      chance('1').draw('approval', 'a'),
      chance('2').draw('approval', 'a'),
      chance('1', 'adyen', 'x').draw('approval', 'a'),
      chance('1', 'stripe', 'y').draw('fault', 'a'),
    ];
    expect(new Set(draws).size).toBe(4);
  });

  it('goes on where it was after a restart', () => {
    const first = chance('seed', 'stripe', 'same').draw('approval', 'a');
    const second = chance('seed', 'stripe', 'same').draw('approval', 'a');
    expect(second).not.toBe(first);
  });

  it('is even enough', () => {
    const fair = chance('even');
    const draws = Array.from({ length: 2000 }, (_, n) => fair.draw('approval', `r${n}`));
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    const below = draws.filter((draw) => draw < 0.3).length;
    expect(below).toBeGreaterThan(500);
    expect(below).toBeLessThan(700);
  });
});

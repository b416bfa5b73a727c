import { Progress } from './progress.js';

let now: number;
let written: string[];
function progress(isTTY: boolean): Progress {
  const out = { isTTY, write: (text: string) => written.push(text) > 0 };
  return new Progress('entries', out, () => now);
}
beforeEach(() => {
  [now, written] = [0, []];
});

it('writes one line anew on a terminal, and leaves it empty', () => {
  const told = progress(true);
  now = 100;
  told.report(1, 10);
  now = 200;
  told.report(2_000, 12_000);
  now = 300;
  told.report(3_000, 12_000);
  now = 400;
  told.report(4_000, 12_000);
  told.end();
  expect(written).toEqual([
    '\r\u001b[K2,000 of 12,000 entries, 10,000 a second, 1 s left',
    '\r\u001b[K4,000 of 12,000 entries, 10,000 a second, 1 s left',
    '\r\u001b[K',
  ]);
});

it('writes a line every few seconds elsewhere', () => {
  const told = progress(false);
  for (now = 0; now <= 11_000; now += 500) told.report(now * 50, 4_000_000);
  told.end();
  expect(written).toEqual([
    '250,000 of 4,000,000 entries, 50,000 a second, 75 s left\n',
    '500,000 of 4,000,000 entries, 50,000 a second, 70 s left\n',
  ]);
});

it('writes nothing about what is soon over', () => {
  const told = progress(true);
  now = 199;
  told.report(10, 10);
  told.end();
  expect(written).toEqual([]);
});

it('does not promise what it does not know', () => {
  const told = progress(false);
  now = 5_000;
  told.report(0, 10);
  now = 10_000;
  told.report(20, 10);
  expect(written).toEqual(['0 of 10 entries, 0 a second\n', '20 of 20 entries, 2 a second, 0 s left\n']);
  expect([told.seconds, told.rate(30_000)]).toEqual(['10.0', '3,000']);
});

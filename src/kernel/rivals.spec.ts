import { Rivals } from './rivals.js';

// Its timers are not among those that Jest can turn.
jest.mock('node:timers/promises', () => ({
  setTimeout: (millis: number) => new Promise((resolve) => void setTimeout(resolve, millis)),
}));

let rivals: Rivals;
beforeEach(() => {
  jest.useFakeTimers();
  // A process that has been up for a while.
  jest.advanceTimersByTime(60_000);
  rivals = new Rivals();
});
afterEach(() => jest.useRealTimers());

/** For how long the next batch is kept waiting. */
async function kept(): Promise<number> {
  const began = performance.now();
  const passed = rivals.letPass().then(() => performance.now() - began);
  await jest.runAllTimersAsync();
  return passed;
}
/** The same for batches of ten milliseconds, one after the other. */
async function batches(count: number): Promise<number[]> {
  const pauses: number[] = [];
  for (let batch = 0; batch < count; batch++) {
    pauses.push(await kept());
    jest.advanceTimersByTime(10);
  }
  return pauses;
}

it('keeps nobody waiting who never met another node', async () => {
  expect(new Set(await batches(500))).toEqual(new Set([0]));
});

it('gives whoever met one a turn, then a pause after each turn', async () => {
  rivals.meet();
  expect(await batches(10)).toEqual([0, 0, 0, 0, 15, 0, 0, 0, 15, 0]);
});

it('begins a new turn with every meeting', async () => {
  rivals.meet();
  jest.advanceTimersByTime(39);
  expect(await kept()).toBe(0);
  rivals.meet();
  jest.advanceTimersByTime(39);
  expect(await kept()).toBe(0);
  jest.advanceTimersByTime(1);
  expect(await kept()).toBe(15);
});

it('forgets a node that was not met for a second', async () => {
  rivals.meet();
  jest.advanceTimersByTime(1_000);
  expect(await kept()).toBe(15);
  jest.advanceTimersByTime(40);
  expect(new Set(await batches(500))).toEqual(new Set([0]));
});

it('keeps one lane waiting and no other', async () => {
  rivals.meet();
  jest.advanceTimersByTime(40);
  expect(await kept()).toBe(15);
  rivals = new Rivals();
  expect(await kept()).toBe(0);
});

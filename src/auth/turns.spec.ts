import { Turns } from './turns.js';

const busy = { kind: 'unavailable', retryAfterSeconds: 1, outcome: 'none', message: 'Too many sign-ins at once, try again' };

/** Works that run until they are let go, and how many of them run. */
function held(turns: Turns) {
  const ends: (() => void)[] = [];
  const begun: number[] = [];
  const begin = (name: number) =>
    turns.take(() => {
      begun.push(name);
      return new Promise<number>((resolve) => ends.push(() => resolve(name)));
    });
  return { begin, begun, endOldest: () => ends.shift()?.() };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

it('runs a few at once, the others in the order in which they came', async () => {
  const works = held(new Turns({ atOnce: 2, waiting: 10 }));
  const results = [1, 2, 3, 4].map((name) => works.begin(name));
  expect(works.begun).toEqual([1, 2]);
  works.endOldest();
  await settle();
  expect(works.begun).toEqual([1, 2, 3]);
  for (let left = 3; left > 0; left--) {
    works.endOldest();
    await settle();
  }
  expect(await Promise.all(results)).toEqual([1, 2, 3, 4]);
});

it('refuses those that would wait too long', async () => {
  const works = held(new Turns({ atOnce: 1, waiting: 1 }));
  const [first, second] = [works.begin(1), works.begin(2)];
  await expect(works.begin(3)).rejects.toMatchObject(busy);
  works.endOldest();
  await settle();
  works.endOldest();
  expect(await Promise.all([first, second])).toEqual([1, 2]);
});

it('goes on after a work that failed', async () => {
  const turns = new Turns({ atOnce: 1, waiting: 1 });
  const failing = turns.take(() => Promise.reject(new Error('broken')));
  const next = turns.take(() => Promise.resolve('fine'));
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('fine');
  expect(await turns.take(() => Promise.resolve('fine again'))).toBe('fine again');
});

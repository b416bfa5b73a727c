import { setTimeout as pause } from 'node:timers/promises';
import { DeliveryLanes, type Turn } from './delivery-lanes.js';

const limits = { atOnce: 2, waiting: 3, patienceMs: 100, slowMs: 1_000 };

/** Work that goes on until it is told to end. */
function endless(): { readonly work: () => Promise<string>; readonly begun: () => number; readonly end: () => void } {
  let [begun, end] = [0, (): void => {}];
  const ended = new Promise<void>((resolve) => (end = resolve));
  const work = async () => {
    begun++;
    await ended;
    return 'done';
  };
  return { work, begun: () => begun, end };
}
const turnedAway = (turns: readonly Turn<unknown>[]) => turns.filter(({ isTurnedAway }) => isTurnedAway).length;

it('does so much for one receiver at once, and the rest in turn', async () => {
  const lanes = new DeliveryLanes(limits);
  let [running, most] = [0, 0];
  const work = async () => {
    most = Math.max(most, ++running);
    await pause(5);
    running--;
  };
  const turns = await Promise.all(Array.from({ length: 5 }, () => lanes.run('a', work)));
  expect([turnedAway(turns), most]).toEqual([0, 2]);
});

it('sends away whom there is no room for, each for a little longer', async () => {
  const lanes = new DeliveryLanes(limits);
  const { work, end } = endless();
  const inside = [lanes.run('a', work), lanes.run('a', work)];
  const waiting = [lanes.run('a', work), lanes.run('a', work), lanes.run('a', work)];
  const away = await Promise.all(Array.from({ length: 10 }, () => lanes.run('a', work)));
  const times = away.map((turn) => (turn.isTurnedAway ? turn.forMs : 0));
  expect(turnedAway(away)).toBe(10);
  expect(times).toEqual([...times].sort((one, other) => one - other));
  expect(times[0]).toBeGreaterThan(0);
  expect(turnedAway(await Promise.all(waiting))).toBe(3);
  end();
  expect(await Promise.all(inside)).toEqual([
    { isTurnedAway: false, value: 'done' },
    { isTurnedAway: false, value: 'done' },
  ]);
});

it('lets nobody wait behind requests that take long', async () => {
  const lanes = new DeliveryLanes({ ...limits, slowMs: 50 });
  const { work, end } = endless();
  const inside = [lanes.run('a', work), lanes.run('a', work)];
  await pause(60);
  const begun = performance.now();
  expect(turnedAway([await lanes.run('a', work)])).toBe(1);
  expect(performance.now() - begun).toBeLessThan(limits.patienceMs);
  end();
  await Promise.all(inside);
});

it('holds up no other receiver', async () => {
  const lanes = new DeliveryLanes(limits);
  const hanging = endless();
  const stuck = Array.from({ length: 20 }, () => lanes.run('hanging', hanging.work));
  const others = await Promise.all(Array.from({ length: 20 }, (_, index) => lanes.run(`other${index}`, async () => index)));
  expect(others.map((turn) => !turn.isTurnedAway && turn.value)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(hanging.begun()).toBe(2);
  hanging.end();
  expect(turnedAway(await Promise.all(stuck))).toBe(15);
});

it('gives a place back when the work fails', async () => {
  const lanes = new DeliveryLanes({ ...limits, atOnce: 1 });
  const fail = () => Promise.reject(new Error('no'));
  await expect(lanes.run('a', fail)).rejects.toThrow('no');
  expect(await lanes.run('a', async () => 7)).toEqual({ isTurnedAway: false, value: 7 });
});

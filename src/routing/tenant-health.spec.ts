import type { CircuitEvent } from './circuit-breaker.js';
import { followedBy, nothingShared, type SharedHealth, TenantHealth } from './tenant-health.js';

const visa = { currency: 'EUR', method: 'card', cardBrand: 'visa' };
const key = 'card stripe';
const now = 1_000_000;
const minute = 60_000;

const approve = (health: TenantHealth, times: number) => {
  for (let at = 0; at < times; at++) health.observe({ ...visa, provider: 'stripe', approved: true, latencyMs: 100 });
};
const turn = (health: TenantHealth, at: number, ...events: CircuitEvent[]) => {
  for (const event of events) health.turn(key, event, at);
};
const break5 = ['failed', 'failed', 'failed', 'failed', 'failed'] as const;
/** As a node does, to which somebody else may be too fast. */
const tell = (health: TenantHealth, shared: SharedHealth, at = now): SharedHealth => {
  const sightings = health.take();
  const after = sightings ? followedBy(shared, sightings, at) : shared;
  health.learn(after);
  return after;
};
const evidence = (health: TenantHealth) => health.rates.estimate('stripe', visa).evidence;

it('has nothing to tell of nothing', () => {
  const health = new TenantHealth();
  turn(health, now, 'sent', 'answered');
  expect(health.take()).toBeUndefined();
});

it('is told once, and to all who ask', () => {
  const [one, other] = [new TenantHealth(), new TenantHealth()];
  approve(one, 10);
  let shared = tell(one, nothingShared);
  expect([shared.rev, one.take()]).toEqual([1, undefined]);
  approve(other, 5);
  shared = tell(other, shared);
  one.learn(shared);
  const alone = new TenantHealth();
  approve(alone, 15);
  for (const health of [one, other]) expect(evidence(health)).toBeCloseTo(evidence(alone));
});

it('knows what it has seen itself before it has told it, and after others have told theirs', () => {
  const [one, other] = [new TenantHealth(), new TenantHealth()];
  approve(one, 3);
  approve(other, 4);
  one.learn(tell(other, nothingShared));
  const alone = new TenantHealth();
  approve(alone, 7);
  expect(evidence(one)).toBeCloseTo(evidence(alone));
});

it('keeps for the next time what could not be told, with what came after it', () => {
  const health = new TenantHealth();
  approve(health, 3);
  turn(health, now, ...break5);
  const untold = health.take();
  if (!untold) throw new Error('There was something to tell');
  approve(health, 2);
  health.putBack(untold);
  const shared = tell(health, nothingShared);
  expect([shared.rates.segments[0]?.count, shared.verdicts.map(({ circuit }) => circuit.state)]).toEqual([5, ['open']]);
});

it('does not go back to what is older', () => {
  const [one, other] = [new TenantHealth(), new TenantHealth()];
  approve(one, 3);
  const first = tell(one, nothingShared);
  approve(one, 3);
  const second = tell(one, first);
  other.learn(second);
  other.learn(first);
  expect([other.rev, evidence(other)]).toEqual([2, evidence(one)]);
});

it('opens at one node a circuit that has opened at another, and closes it again', () => {
  const [one, other] = [new TenantHealth(), new TenantHealth()];
  turn(one, now, ...break5);
  let shared = tell(one, nothingShared);
  other.learn(shared);
  expect(other.circuitOf(key, now)).toEqual({ state: 'open', until: now + 15_000, waitMs: 15_000 });
  turn(one, now + minute, 'sent', 'answered', 'sent', 'answered', 'sent', 'answered');
  shared = tell(one, shared);
  turn(other, now + minute - 1, 'sent');
  other.learn(shared);
  expect(other.circuitOf(key, now).state).toBe('closed');
});

it('takes the later of two that say otherwise', () => {
  const [one, other] = [new TenantHealth(), new TenantHealth()];
  turn(one, now + 1, ...break5);
  turn(other, now, ...break5);
  const shared = tell(other, tell(one, nothingShared));
  expect(shared.verdicts.map(({ at }) => at)).toEqual([now + 1]);
  one.learn(shared);
  expect(one.circuitOf(key, now)).toMatchObject({ until: now + 15_001 });
});

it('forgets what was said of a circuit a day ago, and keeps the newest five hundred', () => {
  const health = new TenantHealth();
  turn(health, now, ...break5);
  const [later, shared] = [new TenantHealth(), tell(health, nothingShared)];
  approve(later, 1);
  expect(tell(later, shared, now + 86_400_000).verdicts).toEqual([]);
  for (let at = 0; at < 501; at++) for (const event of break5) health.turn(`card account-${at}`, event, now);
  const { verdicts } = tell(health, shared);
  expect([verdicts.length, verdicts.at(-1)?.key]).toEqual([500, 'card account-500']);
});

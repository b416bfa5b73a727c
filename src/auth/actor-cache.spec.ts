import { EventEmitter } from 'node:events';
import type { ClientSession } from 'mongodb';
import type { Actor } from '../kernel/actor/actor.js';
import { ActorCache } from './actor-cache.js';

const actor = (role: Actor['role']): Actor => ({
  userId: 'usr_1',
  tenantId: 'ten_1',
  role,
  email: 'ava@acme.test',
  name: 'Ava',
  sessionId: 'ses_1',
});
const answering = (role: Actor['role']) => jest.fn(() => Promise.resolve(actor(role)));

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('remembers for as long as it may, and not longer', async () => {
  const cache = new ActorCache({ actorCacheMs: 2_000 });
  const [before, after] = [answering('admin'), answering('finance')];
  await cache.get('ses_1', 'usr_1', before);
  jest.advanceTimersByTime(1_999);
  expect((await cache.get('ses_1', 'usr_1', after)).role).toBe('admin');
  jest.advanceTimersByTime(1);
  expect((await cache.get('ses_1', 'usr_1', after)).role).toBe('finance');
});

it('asks once for requests that come together', async () => {
  const cache = new ActorCache({ actorCacheMs: 2_000 });
  const load = answering('admin');
  await Promise.all([cache.get('ses_1', 'usr_1', load), cache.get('ses_1', 'usr_1', load)]);
  expect(load).toHaveBeenCalledTimes(1);
});

it('remembers nothing when it is off', async () => {
  const cache = new ActorCache({ actorCacheMs: 0 });
  const load = answering('admin');
  await cache.get('ses_1', 'usr_1', load);
  await cache.get('ses_1', 'usr_1', load);
  expect(load).toHaveBeenCalledTimes(2);
});

it('remembers no refusal', async () => {
  const cache = new ActorCache({ actorCacheMs: 2_000 });
  await expect(cache.get('ses_1', 'usr_1', () => Promise.reject(new Error('Invalid token')))).rejects.toThrow('Invalid token');
  expect((await cache.get('ses_1', 'usr_1', answering('admin'))).role).toBe('admin');
});

it('does not answer one user with what it knows of another', async () => {
  const cache = new ActorCache({ actorCacheMs: 2_000 });
  await cache.get('ses_1', 'usr_1', answering('admin'));
  expect((await cache.get('ses_1', 'usr_2', answering('user'))).role).toBe('user');
});

it('holds ten thousand sessions and drops the oldest', async () => {
  const cache = new ActorCache({ actorCacheMs: 2_000 });
  for (let index = 0; index <= 10_000; index++) await cache.get(`ses_${index}`, 'usr_1', answering('admin'));
  const [oldest, newest] = [answering('user'), answering('user')];
  await cache.get('ses_10000', 'usr_1', newest);
  await cache.get('ses_0', 'usr_1', oldest);
  expect([oldest.mock.calls.length, newest.mock.calls.length]).toEqual([1, 0]);
});

it('forgets a user when the transaction is over, and not before', async () => {
  const cache = new ActorCache({ actorCacheMs: 2_000 });
  const transaction = new EventEmitter();
  await cache.get('ses_1', 'usr_1', answering('admin'));
  await cache.get('ses_2', 'usr_2', answering('admin'));
  cache.forgetUserAfter(transaction as unknown as ClientSession, 'usr_1');
  expect((await cache.get('ses_1', 'usr_1', answering('user'))).role).toBe('admin');
  transaction.emit('ended');
  expect((await cache.get('ses_1', 'usr_1', answering('user'))).role).toBe('user');
  expect((await cache.get('ses_2', 'usr_2', answering('user'))).role).toBe('admin');
});

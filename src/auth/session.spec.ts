import { actingMembership, type Session } from './session.js';
import type { User } from './user.js';

const at = new Date('2026-01-01T00:00:00Z');
const membership = { tenantId: 'ten_1', role: 'admin' as const, number: 1001, since: at };
const user: User = { _id: 'usr_1', gatewayId: 'user_1', name: 'Ava', passwordVersion: 2, memberships: [membership], createdAt: at, rev: 1 };
const session: Session = {
  _id: 'ses_1',
  userId: 'usr_1',
  tenantId: 'ten_1',
  generation: 1,
  passwordVersion: 2,
  createdAt: at,
  lastUsedAt: at,
  expiresAt: at,
};

it('acts with the membership of now', () => {
  expect(actingMembership(session, user)).toBe(membership);
});

it.each<[string, Partial<Session>, Partial<User>]>([
  ['it was revoked', { revokedAt: at }, {}],
  ['it is of another user', { userId: 'usr_2' }, {}],
  ['it was opened with a password that is not theirs any more', { passwordVersion: 1 }, {}],
  ['the user left the tenant', {}, { memberships: [] }],
  ['the user is a member elsewhere only', { tenantId: 'ten_2' }, {}],
])('does not act where %s', (_, ofSession, ofUser) => {
  expect(actingMembership({ ...session, ...ofSession }, { ...user, ...ofUser })).toBeUndefined();
});

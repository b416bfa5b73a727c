import type { Role } from '../kernel/actor/permissions.js';
import { decideManually, type PaymentStatus, statusOf } from './payment.js';
import { type PaymentState, states } from './payment-states.js';

const roles: Role[] = ['system_admin', 'owner', 'admin', 'finance', 'support', 'merchant', 'user'];
const staff: Role[] = ['system_admin', 'owner', 'admin', 'finance'];
const admins: Role[] = ['system_admin', 'owner', 'admin'];

/** Typed from the contract: who may turn a status into which, and the state that results. */
const allowed: Record<string, readonly [Role[], PaymentState]> = {
  'created>success': [staff, 'captured'],
  'created>failed': [staff, 'declined'],
  'captured>failed': [admins, 'declined'],
  'declined>pending': [staff, 'created'],
  'declined>success': [admins, 'captured'],
  'cancelled>pending': [staff, 'created'],
  'cancelled>success': [admins, 'captured'],
  'expired>pending': [staff, 'created'],
  'expired>success': [admins, 'captured'],
};
const pairs: [PaymentState, PaymentStatus, Role][] = states.flatMap((state) =>
  (['success', 'pending', 'failed'] as const).flatMap((to) => roles.map((role): [PaymentState, PaymentStatus, Role] => [state, to, role])),
);

it.each(pairs)('%s to %s by %s', (state, to, role) => {
  const [who, becomes]: readonly [readonly Role[], PaymentState | null] = allowed[`${state}>${to}`] ?? [[], null];
  const same = statusOf[state] === to;
  expect(decideManually(state, to, role)).toBe(same ? state : who.includes(role) ? becomes : null);
});

it('shows each state as the published status', () => {
  expect(statusOf).toEqual({
    created: 'pending',
    authorizing: 'pending',
    unknown: 'pending',
    requires_action: 'pending',
    authorized: 'pending',
    captured: 'success',
    partially_refunded: 'success',
    refunded: 'success',
    declined: 'failed',
    cancelled: 'failed',
    expired: 'failed',
  });
});

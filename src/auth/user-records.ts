import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import type { Author } from '../audit/audit-entry.js';
import { ChangeRecords, type RecordedChange } from '../audit/change-records.js';
import type { Actor } from '../kernel/actor/actor.js';
import type { Role } from '../kernel/actor/permissions.js';
import { loginNameOf, type Membership, type User } from './user.js';

/** Who made an account. */
export type Maker = Author;

/** What the event feed and the audit log keep of a user's changes; who the person is stands in the user alone, where it can be erased. */
@Injectable()
export class UserRecords {
  constructor(private readonly changes: ChangeRecords) {}

  /** Whoever has no maker has registered itself. */
  registered(session: ClientSession, user: User, membership: Membership, by?: Maker): Promise<void> {
    const after = { role: membership.role, number: membership.number };
    const event = { type: 'USER_REGISTERED', data: after } as const;
    return this.record(session, user, membership, { action: 'user.registered', before: null, after, event }, by);
  }

  roleChanged(session: ClientSession, user: User, { tenantId, role: from }: Membership, role: Role, by: Maker): Promise<void> {
    const event = { type: 'USER_ROLE_CHANGED', data: { from, role } } as const;
    const change = { action: 'user.role_changed', before: { role: from }, after: { role }, event };
    return this.record(session, user, { tenantId, role }, change, by);
  }

  async erased(session: ClientSession, user: User, by?: Maker): Promise<void> {
    const event = { type: 'USER_ERASED', data: {} } as const;
    for (const membership of user.memberships) {
      await this.record(session, user, membership, { action: 'user.erased', before: { role: membership.role }, after: null, event }, by);
    }
  }

  passwordChanged(session: ClientSession, { userId: _id, email, ...membership }: Actor): Promise<void> {
    return this.record(session, { _id, email }, membership, { action: 'user.password_changed', before: {}, after: {} });
  }

  private record(
    session: ClientSession,
    user: Pick<User, '_id' | 'email' | 'username'>,
    { tenantId, role }: Pick<Membership, 'tenantId' | 'role'>,
    change: Pick<RecordedChange, 'action' | 'before' | 'after' | 'event'>,
    by: Maker = { userId: user._id, email: loginNameOf(user), role },
  ): Promise<void> {
    return this.changes.record(session, { ...change, tenantId, subject: { type: 'user', id: user._id } }, by);
  }
}

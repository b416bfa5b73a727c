import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { type AuditEntry, auditActorOf, type Author } from '../audit/audit-entry.js';
import { AuditService } from '../audit/audit.service.js';
import { EventsService } from '../events/events.service.js';
import type { Actor } from '../kernel/actor/actor.js';
import type { Role } from '../kernel/actor/permissions.js';
import { Clock } from '../kernel/clock.js';
import { requestContext } from '../kernel/http/request-context.js';
import { newId } from '../kernel/ids.js';
import { loginNameOf, type Membership, type User } from './user.js';

/** Who made an account. */
export type Maker = Author;

/** What the event feed and the audit log keep of a user's changes; who the person is stands in the user alone, where it can be erased. */
@Injectable()
export class UserRecords {
  constructor(
    private readonly events: EventsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Whoever has no maker has registered itself. */
  async registered(session: ClientSession, user: User, membership: Membership, by?: Maker): Promise<void> {
    const after = { role: membership.role, number: membership.number };
    await this.event(session, 'USER_REGISTERED', user, membership, after, by);
    await this.note(session, user, membership, { action: 'user.registered', before: null, after }, by);
  }

  async roleChanged(session: ClientSession, user: User, { tenantId, role: from }: Membership, role: Role, by: Maker): Promise<void> {
    const membership = { tenantId, role };
    await this.event(session, 'USER_ROLE_CHANGED', user, membership, { from, role }, by);
    await this.note(session, user, membership, { action: 'user.role_changed', before: { role: from }, after: { role } }, by);
  }

  async erased(session: ClientSession, user: User, by?: Maker): Promise<void> {
    for (const membership of user.memberships) {
      await this.event(session, 'USER_ERASED', user, membership, {}, by);
      await this.note(session, user, membership, { action: 'user.erased', before: { role: membership.role }, after: null }, by);
    }
  }

  async passwordChanged(session: ClientSession, { userId: _id, email, ...membership }: Actor): Promise<void> {
    await this.note(session, { _id, email }, membership, { action: 'user.password_changed', before: {}, after: {} });
  }

  private async event(
    session: ClientSession,
    type: 'USER_REGISTERED' | 'USER_ROLE_CHANGED' | 'USER_ERASED',
    { _id }: User,
    { tenantId }: Pick<Membership, 'tenantId'>,
    data: Readonly<Record<string, unknown>>,
    by?: Maker,
  ): Promise<void> {
    const common = { tenantId, at: this.clock.now(), subject: { type: 'user', id: _id }, traceId: requestContext.traceId() };
    await this.events.record(session, [{ ...common, _id: newId('evt'), type, version: 1, sourceAgent: by?.userId ?? _id, data }]);
  }

  private async note(
    session: ClientSession,
    user: Pick<User, '_id' | 'email' | 'username'>,
    { tenantId, role }: Pick<Membership, 'tenantId' | 'role'>,
    change: Pick<AuditEntry, 'action' | 'before' | 'after'>,
    by: Maker = { userId: user._id, email: loginNameOf(user), role },
  ): Promise<void> {
    const common = { tenantId, at: this.clock.now(), subject: { type: 'user', id: user._id }, traceId: requestContext.traceId() };
    await this.audit.record(session, [{ ...common, ...change, _id: newId('aud'), actor: auditActorOf(by) }]);
  }
}

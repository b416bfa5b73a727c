import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import type { Event } from '../events/event.js';
import { EventsService } from '../events/events.service.js';
import { Clock } from '../kernel/clock.js';
import { requestContext } from '../kernel/http/request-context.js';
import { newId } from '../kernel/ids.js';
import { type AuditEntry, auditActorOf, type Author } from './audit-entry.js';
import { AuditService } from './audit.service.js';

/** What a record changed from and to, as the audit log keeps it. */
export type Change = Pick<AuditEntry, 'before' | 'after'>;
export interface RecordedChange extends Pick<AuditEntry, 'tenantId' | 'subject' | 'action'>, Change {
  /** Now, where the change has no time of its own. */
  readonly at?: Date;
  /** What the feed tells of it; nothing where it is the log's alone. */
  readonly event?: Pick<Event, 'type' | 'data'>;
}

/** What nobody asked for is the product's own doing. */
const product: Author = { userId: 'system', email: '', role: 'system' };

/** Puts a change into the event feed and the audit log, in its own transaction. */
@Injectable()
export class ChangeRecords {
  constructor(
    private readonly events: EventsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  async record(session: ClientSession, change: RecordedChange, by: Author = product): Promise<void> {
    const { tenantId, subject, action, before, after, event, at = this.clock.now() } = change;
    const common = { tenantId, at, subject, traceId: requestContext.traceId() };
    if (event) await this.events.record(session, [{ ...common, ...event, _id: newId('evt'), version: 1, sourceAgent: by.userId }]);
    await this.audit.record(session, [{ ...common, _id: newId('aud'), actor: auditActorOf(by), action, before, after }]);
  }
}

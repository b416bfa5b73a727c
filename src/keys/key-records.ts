import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { type AuditEntry, auditActorOf, type Author } from '../audit/audit-entry.js';
import { AuditService } from '../audit/audit.service.js';
import type { EventType } from '../events/event.js';
import { EventsService } from '../events/events.service.js';
import { Clock } from '../kernel/clock.js';
import { requestContext } from '../kernel/http/request-context.js';
import { newId } from '../kernel/ids.js';
import type { ApiKey } from './api-key.js';

type Change = Pick<AuditEntry, 'before' | 'after'>;

/** What the event feed and the audit log keep of a key's changes; never a secret. */
@Injectable()
export class KeyRecords {
  constructor(
    private readonly events: EventsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  created(session: ClientSession, key: ApiKey, by: Author): Promise<void> {
    return this.record(session, 'KEY_CREATED', key, by, { before: null, after: summary(key) });
  }

  rotated(session: ClientSession, before: ApiKey, after: ApiKey, overlapEnds: Date, by: Author): Promise<void> {
    const change = { before: { last4: before.last4 }, after: { last4: after.last4, overlapEnds } };
    return this.record(session, 'KEY_ROTATED', after, by, change);
  }

  revoked(session: ClientSession, key: ApiKey, by: Author): Promise<void> {
    return this.record(session, 'KEY_REVOKED', key, by, { before: summary(key), after: null });
  }

  private async record(session: ClientSession, type: EventType & `KEY_${string}`, key: ApiKey, by: Author, change: Change): Promise<void> {
    const { _id, tenantId } = key;
    const common = { tenantId, at: this.clock.now(), subject: { type: 'api_key', id: _id }, traceId: requestContext.traceId() };
    const data = change.after ?? summary(key);
    const action = type.toLowerCase().replace('key_', 'api_key.');
    await this.events.record(session, [{ ...common, _id: newId('evt'), type, version: 1, sourceAgent: by.userId, data }]);
    await this.audit.record(session, [{ ...common, ...change, _id: newId('aud'), actor: auditActorOf(by), action }]);
  }
}

const summary = ({ name, kind, ownerId, prefix, last4, scopes, expiresAt }: ApiKey) => {
  return { name, kind, ownerId, prefix, last4, scopes: [...scopes], expiresAt };
};

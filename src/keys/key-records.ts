import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import type { Author } from '../audit/audit-entry.js';
import { type Change, ChangeRecords } from '../audit/change-records.js';
import type { EventType } from '../events/event.js';
import type { ApiKey } from './api-key.js';

/** What the event feed and the audit log keep of a key's changes; never a secret. */
@Injectable()
export class KeyRecords {
  constructor(private readonly changes: ChangeRecords) {}

  created(session: ClientSession, key: ApiKey, by: Author): Promise<void> {
    return this.record(session, 'KEY_CREATED', key, { before: null, after: summary(key) }, by);
  }

  rotated(session: ClientSession, before: ApiKey, after: ApiKey, overlapEnds: Date, by: Author): Promise<void> {
    const change = { before: { last4: before.last4 }, after: { last4: after.last4, overlapEnds } };
    return this.record(session, 'KEY_ROTATED', after, change, by);
  }

  revoked(session: ClientSession, key: ApiKey, by: Author): Promise<void> {
    return this.record(session, 'KEY_REVOKED', key, { before: summary(key), after: null }, by);
  }

  private record(session: ClientSession, type: EventType & `KEY_${string}`, key: ApiKey, change: Change, by: Author): Promise<void> {
    const { _id: id, tenantId } = key;
    const action = type.toLowerCase().replace('key_', 'api_key.');
    const event = { type, data: change.after ?? summary(key) };
    return this.changes.record(session, { tenantId, subject: { type: 'api_key', id }, action, ...change, event }, by);
  }
}

const summary = ({ name, kind, ownerId, prefix, last4, scopes, expiresAt }: ApiKey) => {
  return { name, kind, ownerId, prefix, last4, scopes: [...scopes], expiresAt };
};

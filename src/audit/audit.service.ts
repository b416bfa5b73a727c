import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import type { Scope } from '../kernel/actor/scope.js';
import { decodeCursor, type Page, pageOf } from '../kernel/http/page.js';
import { Database } from '../kernel/mongo/database.js';
import { type AuditEntry, auditCollection } from './audit-entry.js';
import type { AuditQuery } from './audit.dto.js';

/** Who did what; written in the transaction of the change, never changed afterwards. */
@Injectable()
export class AuditService {
  constructor(private readonly database: Database) {}

  async record(session: ClientSession, entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length > 0) await this.database.collection<AuditEntry>(auditCollection.name).insertMany([...entries], { session });
  }

  /** What an erased person did stays; who it was does not. */
  async forget(session: ClientSession, tenantId: string, userId: string, pseudonym: string): Promise<void> {
    const entries = this.database.collection<AuditEntry>(auditCollection.name);
    await entries.updateMany({ tenantId, 'actor.id': userId }, { $set: { 'actor.email': pseudonym } }, { session });
  }

  /** Newest first. @throws Invalid on a cursor of another list */
  async list(scope: Scope, { limit, cursor, subjectType, subjectId }: AuditQuery): Promise<Page<AuditEntry>> {
    const after = cursor === undefined ? {} : beyond(...decodeCursor(cursor, ['moment', 'text']));
    const filter = {
      ...(subjectType !== undefined && { 'subject.type': subjectType }),
      ...(subjectId !== undefined && { 'subject.id': subjectId }),
      ...after,
    };
    const rows = await this.database
      .scoped<AuditEntry>(auditCollection.name)
      .find(scope, filter, { sort: { at: -1, _id: -1 }, limit: limit + 1 });
    return pageOf(rows, limit, ({ at, _id }) => [at.getTime(), _id]);
  }
}

const beyond = (at: Date, id: string) => ({ $or: [{ at: { $lt: at } }, { at, _id: { $lt: id as AuditEntry['_id'] } }] });

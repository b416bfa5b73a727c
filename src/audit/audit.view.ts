import type { AuditEntry } from './audit-entry.js';

export class AuditActorView {
  /** @example "usr_0190a1b2-0000-7000-8000-000000000000" */
  id: string;
  /** @example "admin@example.com" */
  email: string;
  /** The role at that moment. */
  role: string;
  /** The API key with which it was done, where it was. @example "key_0190a1b2-0000-7000-8000-000000000000" */
  key?: string;
}
export class AuditSubjectView {
  /** @example "payment" */
  type: string;
  id: string;
}
export class AuditEntryView {
  /** @example "aud_0190a1b2-0000-7000-8000-000000000000" */
  id: string;
  /** @example "2026-01-03T10:00:00.000Z" */
  at: string;
  actor: AuditActorView;
  /** @example "payment.updated" */
  action: string;
  subject: AuditSubjectView;
  /** Fields that changed, as they were; null where the thing is new. */
  before: Record<string, unknown> | null;
  /** Fields that changed, as they are now; null where the thing is gone. */
  after: Record<string, unknown> | null;
  /** @example "0af7651916cd43dd8448eb211c80319c" */
  traceId: string;

  static of({ _id, tenantId: _tenant, at, ...entry }: AuditEntry): AuditEntryView {
    return { id: _id, at: at.toISOString(), ...entry };
  }
}

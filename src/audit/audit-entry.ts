import type { Actor } from '../kernel/actor/actor.js';
import type { Role } from '../kernel/actor/permissions.js';
import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';
import type { Id } from '../kernel/ids.js';

/** Who a change is put down to; `key` is the API key's id, where it was made with one. */
export interface AuditActor {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly key?: string;
}
export type Author = Pick<Actor, 'userId' | 'email' | 'key'> & { readonly role: Role | 'system' };

export const auditActorOf = ({ userId: id, email, role, key }: Author): AuditActor => ({ id, email, role, ...(key && { key: key.id }) });

/** Who changed what, and how it was before and after: only the fields that changed. */
export interface AuditEntry {
  readonly _id: Id<'aud'>;
  readonly tenantId: string;
  readonly at: Date;
  readonly actor: AuditActor;
  readonly action: string;
  readonly subject: { readonly type: string; readonly id: string };
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly traceId: string;
}

export const auditCollection: CollectionSpec = {
  name: 'audit',
  indexes: [
    { name: 'newest', key: { tenantId: 1, at: -1, _id: -1 } },
    { name: 'subject', key: { tenantId: 1, 'subject.type': 1, 'subject.id': 1, at: -1, _id: -1 } },
    { name: 'actor', key: { tenantId: 1, 'actor.id': 1 } },
  ],
};

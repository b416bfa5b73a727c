import type { Role } from './permissions.js';

/** A person as one tenant knows it. */
export interface Member {
  readonly userId: string;
  readonly tenantId: string;
  /** What surfaces that count their users call this one, per tenant. */
  readonly number: number;
  readonly role: Role;
  readonly name: string;
  readonly email?: string;
  readonly username?: string;
}

/** Finds a tenant's people; the auth feature provides it, whoever shows or names people needs it. Erased ones are not found. */
export abstract class Members {
  abstract find(tenantId: string, userId: string): Promise<Member | null>;
  abstract findByNumber(tenantId: string, number: number): Promise<Member | null>;
  /** Those of them that are members, by id. */
  abstract byIds(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, Member>>;
  abstract count(tenantId: string): Promise<number>;
}

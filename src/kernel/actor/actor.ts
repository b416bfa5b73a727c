import { holds, type Permission, type Role } from './permissions.js';

/** Where the surfaces live that know no tenants. */
export const DEFAULT_TENANT_ID = 'ten_default';

/** Who is asking, as of now: the role is read from the database, never from the token. */
export interface Actor {
  readonly userId: string;
  readonly tenantId: string;
  readonly role: Role;
  readonly email: string;
  readonly name: string;
  readonly sessionId: string;
  /** The API key that it acts with, and what that is good for; whoever has signed in has none. */
  readonly key?: { readonly id: string; readonly scopes: readonly Permission[] };
}

/** The role of now decides and, where the actor came with a key, what that key is good for as well. */
export const may = ({ role, key }: Pick<Actor, 'role' | 'key'>, permission: Permission, scope = permission): boolean =>
  holds(role, permission) && (key === undefined || key.scopes.includes(scope));

/** Reads credentials into an actor; the auth feature provides it, the kernel only needs it. */
export abstract class CredentialReader {
  /** Throws an `Unauthenticated` fault. */
  abstract read(authorization: string | undefined): Promise<Actor>;
}

/** Reads an API key into an actor; the keys feature provides it. */
export abstract class ApiKeyReader {
  /** @throws InvalidApiKey */
  abstract read(key: string): Promise<Actor>;
}

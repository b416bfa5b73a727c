import type { Role } from './permissions.js';

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
}

/** Reads credentials into an actor; the auth feature provides it, the kernel only needs it. */
export abstract class CredentialReader {
  /** Throws an `Unauthenticated` fault. */
  abstract read(authorization: string | undefined): Promise<Actor>;
}

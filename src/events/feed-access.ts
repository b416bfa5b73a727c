import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { type Actor, ApiKeyReader, CredentialReader, may } from '../kernel/actor/actor.js';
import { type Scope, scopeOf } from '../kernel/actor/scope.js';
import { AccessDenied } from '../kernel/fault/common-faults.js';
import { Unauthenticated } from '../kernel/fault/fault.js';

/** Who reads whose feed. */
@Injectable()
export class FeedAccess {
  constructor(
    private readonly credentials: CredentialReader,
    private readonly keys: ApiKeyReader,
  ) {}

  /** The feed of the caller's tenant, unless a system administrator names another. @throws AccessDenied */
  scope(actor: Actor, tenantId?: string): Scope {
    if (tenantId === undefined) return scopeOf(actor);
    if (actor.role !== 'system_admin') throw new AccessDenied();
    return scopeOf({ ...actor, tenantId });
  }

  /** Whether the credential, which let the caller in when the stream began, would do so now. */
  async lasts(before: Actor, { authorization, 'x-api-key': key }: IncomingHttpHeaders): Promise<boolean> {
    try {
      const byKey = authorization === undefined && key !== undefined;
      const actor = await (byKey ? this.keys.read(String(key)) : this.credentials.read(authorization));
      return may(actor, 'events:read') && actor.tenantId === before.tenantId && actor.role === before.role;
    } catch (error) {
      if (error instanceof Unauthenticated) return false;
      throw error;
    }
  }
}

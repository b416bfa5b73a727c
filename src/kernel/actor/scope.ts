import type { Actor } from './actor.js';
import { seesTenant } from './permissions.js';

declare const minted: unique symbol;
/** What a caller may see. Only the three functions below make one, so that a repository cannot be asked without it. */
export interface Scope {
  readonly [minted]: true;
  readonly tenantId: string;
  readonly ownerId?: string;
}

const mint = (tenantId: string, ownerId?: string): Scope => {
  if (!tenantId) throw new Error('A scope needs a tenant');
  return Object.freeze(ownerId === undefined ? { tenantId } : { tenantId, ownerId }) as Scope;
};

/** A merchant or user sees its own rows; every other role its tenant's. */
export const scopeOf = (actor: Actor): Scope => (seesTenant(actor.role) ? mint(actor.tenantId) : mint(actor.tenantId, actor.userId));
/** The caller's own rows, whatever its role. */
export const ownScope = ({ tenantId, userId }: Pick<Actor, 'tenantId' | 'userId'>): Scope => mint(tenantId, userId);
/** For work that no caller asked for: background jobs and the command line. */
export const tenantScope = (tenantId: string): Scope => mint(tenantId);

/** The filter every query on tenant rows begins with. */
export const visibleTo = (scope: Scope): { tenantId: string; ownerId?: string } =>
  scope.ownerId === undefined ? { tenantId: scope.tenantId } : { tenantId: scope.tenantId, ownerId: scope.ownerId };

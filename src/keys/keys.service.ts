import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import type { Author } from '../audit/audit-entry.js';
import { type Actor, may } from '../kernel/actor/actor.js';
import type { Permission } from '../kernel/actor/permissions.js';
import { type Scope, scopeOf, tenantScope } from '../kernel/actor/scope.js';
import { Clock } from '../kernel/clock.js';
import { raise } from '../kernel/fault/fault.js';
import { type Page, pageById } from '../kernel/http/page.js';
import { newId } from '../kernel/ids.js';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { type ApiKey, limits, rotated } from './api-key.js';
import { KeyActors } from './key-actors.js';
import { KeyMovedOn, KeyNotFound, NotTheOwner, ScopesNotHeld, TooManyKeys } from './key.faults.js';
import { KeyRecords } from './key-records.js';
import { KeySecrets } from './key-secrets.js';
import { KeysRepository } from './keys.repository.js';

export type NewKey = Pick<ApiKey, 'name' | 'kind' | 'scopes' | 'expiresAt'>;
/** A key with its secret, which nobody can be shown again. */
export interface ShownKey {
  readonly key: ApiKey;
  readonly secret: string;
}
type Owner = Author & Pick<Actor, 'tenantId'>;

/** The API keys of a tenant; of a merchant its own. */
@Injectable()
export class KeysService {
  constructor(
    private readonly keys: KeysRepository,
    private readonly secrets: KeySecrets,
    private readonly records: KeyRecords,
    private readonly actors: KeyActors,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Newest first, without those that were revoked. @throws Invalid on a cursor of another list */
  async list(scope: Scope, limit: number, cursor?: string): Promise<Page<ApiKey>> {
    return pageById(limit, cursor, (rows, after) => this.keys.list(scope, rows, after));
  }

  /** A key of the caller's own. @throws ScopesNotHeld, TooManyKeys */
  async create(actor: Actor, { name, scopes, expiresAt }: Omit<NewKey, 'kind'>): Promise<ShownKey> {
    const excess = scopes.filter((scope) => !may(actor, scope));
    if (excess.length > 0) throw new ScopesNotHeld(excess);
    return this.unitOfWork.run(async (session) => {
      if ((await this.keys.countOf(actor.userId, session)) >= limits.keysOfOwner) throw new TooManyKeys();
      return this.issue(session, actor, { name, kind: 'platform', scopes, expiresAt });
    });
  }

  /** In the caller's transaction. */
  async issue(session: ClientSession, owner: Owner, { name, kind, scopes, expiresAt }: NewKey): Promise<ShownKey> {
    const prefix = this.secrets.prefix(kind);
    const { secret, hash } = this.secrets.make({ kind, prefix });
    const key: ApiKey = {
      _id: newId('key'),
      tenantId: owner.tenantId,
      ownerId: owner.userId,
      name,
      kind,
      prefix,
      last4: secret.slice(-4),
      secrets: [{ hash, until: null }],
      scopes: distinct(scopes),
      expiresAt,
      lastUsedAt: null,
      createdAt: this.clock.now(),
      rotatedAt: null,
      rev: 1,
    };
    await this.keys.insert(tenantScope(owner.tenantId), key, session);
    await this.records.created(session, key, owner);
    return { key, secret };
  }

  /** A new secret; the one before it is good for so many hours more. @throws KeyNotFound, NotTheOwner, KeyMovedOn */
  rotate(actor: Actor, id: string, overlapHours: number): Promise<ShownKey> {
    const scope = scopeOf(actor);
    return this.unitOfWork.run(async (session) => {
      const key = (await this.keys.find(scope, id, session)) ?? raise(new KeyNotFound());
      if (key.ownerId !== actor.userId) throw new NotTheOwner();
      const { secret, hash } = this.secrets.make(key);
      const now = this.clock.now();
      const overlapEnds = new Date(now.getTime() + overlapHours * 3_600_000);
      const changes = { secrets: rotated(key.secrets, hash, overlapEnds, now), last4: secret.slice(-4), rotatedAt: now };
      const changed = (await this.keys.change(scope, key, changes, session)) ?? raise(new KeyMovedOn());
      await this.records.rotated(session, key, changed, overlapEnds, actor);
      this.actors.forgetAfter(session, key._id);
      return { key: changed, secret };
    });
  }

  /** From now on it is nobody's. @throws KeyNotFound */
  async revoke(actor: Actor, id: string): Promise<void> {
    const scope = scopeOf(actor);
    await this.unitOfWork.run(async (session) => {
      const key = (await this.keys.find(scope, id, session)) ?? raise(new KeyNotFound());
      if (!(await this.keys.change(scope, key, { revokedAt: this.clock.now() }, session))) throw new KeyNotFound();
      await this.records.revoked(session, key, actor);
      this.actors.forgetAfter(session, key._id);
    });
  }
}

const distinct = (scopes: readonly Permission[]): Permission[] => [...new Set(scopes)];

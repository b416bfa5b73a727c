import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { type Scope, scopeOf } from '../kernel/actor/scope.js';
import { Clock } from '../kernel/clock.js';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { raise } from '../kernel/fault/fault.js';
import { type Page, pageById } from '../kernel/http/page.js';
import { newId } from '../kernel/ids.js';
import { TryAgain, UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { ShortMemory } from '../kernel/short-memory.js';
import { SecretBox } from '../kernel/privacy/secret-box.js';
import { goodSecrets, rotatedSecrets } from '../webhooks/sealed-secrets.js';
import { newSigningSecret } from '../webhooks/standard-signature.js';
import { type Integration, limits, type NewIntegration } from './integration.js';
import { IntegrationNotFound, TooManyIntegrations } from './integration.faults.js';
import { IntegrationRecords, summary } from './integration-records.js';
import { IntegrationsRepository } from './integrations.repository.js';

/** An integration with its secret, which nobody can be shown again. */
export interface ShownIntegration {
  readonly integration: Integration;
  readonly secret: string;
}

const mostRemembered = 10_000;

/** The systems of others that send their events to a tenant. */
@Injectable()
export class Integrations {
  private readonly known: ShortMemory<Integration>;

  constructor(
    private readonly integrations: IntegrationsRepository,
    private readonly records: IntegrationRecords,
    private readonly box: SecretBox,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    @Inject(CONFIG) { actorCacheMs }: Pick<Config, 'actorCacheMs'>,
  ) {
    this.known = new ShortMemory(mostRemembered, actorCacheMs);
  }

  /** Newest first. @throws Invalid on a cursor of another list */
  async list(scope: Scope, limit: number, cursor?: string): Promise<Page<Integration>> {
    return pageById(limit, cursor, (rows, after) => this.integrations.list(scope, rows, after));
  }

  /** @throws IntegrationNotFound */
  async find(scope: Scope, id: string): Promise<Integration> {
    return (await this.integrations.find(scope, id)) ?? raise(new IntegrationNotFound());
  }

  /** Whoever's it is: for what arrives from outside. @throws IntegrationNotFound */
  async findAddressed(id: string): Promise<Integration> {
    const found = (await this.integrations.findAddressed(id)) ?? raise(new IntegrationNotFound());
    this.known.set(id, found);
    return found;
  }

  /** As it was when it was last addressed, for as long as that is good enough; a secret that is newer is not in it. */
  remembered(id: string): Integration | undefined {
    return this.known.get(id);
  }

  /** @throws TooManyIntegrations */
  create(actor: Actor, given: NewIntegration): Promise<ShownIntegration> {
    const { tenantId, userId: ownerId } = actor;
    const _id = newId('int');
    const secret = newSigningSecret();
    const secrets = [{ sealed: this.box.seal(secret, placeOf(_id)), until: null }];
    const integration: Integration = { _id, tenantId, ownerId, ...given, secrets, createdAt: this.clock.now(), rev: 1 };
    return this.unitOfWork.run(async (session) => {
      if ((await this.integrations.count(tenantId, session)) >= limits.integrationsOfTenant) throw new TooManyIntegrations();
      await this.integrations.insert(integration, session);
      await this.records.record(session, 'INTEGRATION_CREATED', integration, { before: null, after: summary(integration) }, actor);
      return { integration, secret };
    });
  }

  /** From now on nothing of it is taken. @throws IntegrationNotFound */
  async remove(actor: Actor, id: string): Promise<void> {
    await this.unitOfWork.run(async (session) => {
      const integration = (await this.integrations.find(scopeOf(actor), id, session)) ?? raise(new IntegrationNotFound());
      if (!(await this.integrations.remove(integration, session))) throw new TryAgain();
      this.known.forgetAfter(session, ({ _id }) => _id === id);
      await this.records.record(session, 'INTEGRATION_DELETED', integration, { before: summary(integration), after: null }, actor);
    });
  }

  /** A new secret; the one before it is good for so many hours more. @throws IntegrationNotFound */
  rotateSecret(actor: Actor, id: string, overlapHours: number): Promise<ShownIntegration> {
    const secret = newSigningSecret();
    return this.unitOfWork.run(async (session) => {
      const before = (await this.integrations.find(scopeOf(actor), id, session)) ?? raise(new IntegrationNotFound());
      const now = this.clock.now();
      const secrets = rotatedSecrets(before.secrets, this.box.seal(secret, placeOf(id)), overlapHours, now);
      const after = (await this.integrations.change(scopeOf(actor), before, { secrets }, session)) ?? raise(new TryAgain());
      this.known.forgetAfter(session, ({ _id }) => _id === id);
      const change = { before: {}, after: { overlapEnds: secrets[1]?.until ?? now } };
      await this.records.record(session, 'INTEGRATION_SECRET_ROTATED', after, change, actor);
      return { integration: after, secret };
    });
  }

  /** What it may sign with now. */
  secretsOf({ _id, secrets }: Integration): string[] {
    return goodSecrets(secrets, this.clock.now()).map(({ sealed }) => this.box.open(sealed, placeOf(_id)));
  }
}

const placeOf = (id: string): string => `integration:${id}`;

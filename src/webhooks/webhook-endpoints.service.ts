import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { type Scope, scopeOf, tenantScope } from '../kernel/actor/scope.js';
import { Clock } from '../kernel/clock.js';
import { raise } from '../kernel/fault/fault.js';
import { type Page, pageById } from '../kernel/http/page.js';
import { newId } from '../kernel/ids.js';
import { TryAgain, UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { SecretBox } from '../kernel/privacy/secret-box.js';
import { goodSecrets, rotatedSecrets } from './sealed-secrets.js';
import { newSigningSecret } from './standard-signature.js';
import { type DisabledReason, type EndpointPatch, limits, type NewEndpoint, type WebhookEndpoint } from './webhook-endpoint.js';
import { summary, WebhookEndpointRecords } from './webhook-endpoint-records.js';
import { WebhookEndpointsRepository } from './webhook-endpoints.repository.js';
import { EndpointNotFound, TooManyEndpoints } from './webhook.faults.js';
import { WebhookTargets } from './webhook-targets.js';

/** An endpoint with its secret, which nobody can be shown again. */
export interface ShownEndpoint {
  readonly endpoint: WebhookEndpoint;
  readonly secret: string;
}

/** The receivers of a tenant; of a merchant its own. */
@Injectable()
export class WebhookEndpoints {
  constructor(
    private readonly endpoints: WebhookEndpointsRepository,
    private readonly records: WebhookEndpointRecords,
    private readonly targets: WebhookTargets,
    private readonly box: SecretBox,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Newest first. @throws Invalid on a cursor of another list */
  async list(scope: Scope, limit: number, cursor?: string): Promise<Page<WebhookEndpoint>> {
    return pageById(limit, cursor, (rows, after) => this.endpoints.list(scope, rows, after));
  }

  /** @throws EndpointNotFound */
  async find(scope: Scope, id: string): Promise<WebhookEndpoint> {
    return (await this.endpoints.find(scope, id)) ?? raise(new EndpointNotFound());
  }

  /** @throws TargetNotAllowed, TooManyEndpoints */
  async create(actor: Actor, given: NewEndpoint): Promise<ShownEndpoint> {
    await this.targets.assertAllowed(given.url);
    const _id = newId('whk');
    const secret = newSigningSecret();
    const now = this.clock.now();
    const endpoint: WebhookEndpoint = {
      _id,
      tenantId: actor.tenantId,
      ownerId: actor.userId,
      ...given,
      enabled: true,
      disabledReason: null,
      secrets: [{ sealed: this.box.seal(secret, placeOf(_id)), until: null }],
      failingSince: null,
      createdAt: now,
      updatedAt: now,
      rev: 1,
    };
    return this.unitOfWork.run(async (session) => {
      if ((await this.endpoints.count(actor.tenantId, session)) >= limits.endpointsOfTenant) throw new TooManyEndpoints();
      await this.endpoints.insert(endpoint, session);
      await this.records.record(session, 'WEBHOOK_ENDPOINT_CREATED', endpoint, { before: null, after: summary(endpoint) }, actor);
      return { endpoint, secret };
    });
  }

  /** One that is enabled again begins without a history of failures. @throws EndpointNotFound, TargetNotAllowed */
  async update(actor: Actor, id: string, patch: EndpointPatch): Promise<WebhookEndpoint> {
    if (patch.url !== undefined) await this.targets.assertAllowed(patch.url);
    return this.unitOfWork.run(async (session) => {
      const before = (await this.endpoints.find(scopeOf(actor), id, session)) ?? raise(new EndpointNotFound());
      const changes = changesOf(before, patch);
      const fields = Object.keys(changes) as (keyof EndpointPatch)[];
      if (fields.length === 0) return before;
      const health =
        changes.enabled === undefined ? {} : { disabledReason: changes.enabled ? null : ('asked' as const), failingSince: null };
      const set = { ...changes, ...health, updatedAt: this.clock.now() };
      const after = (await this.endpoints.change(scopeOf(actor), before, set, session)) ?? raise(new TryAgain());
      const change = { before: Object.fromEntries(fields.map((field) => [field, before[field]])), after: changes };
      await this.records.record(session, 'WEBHOOK_ENDPOINT_UPDATED', after, change, actor);
      return after;
    });
  }

  /** What still waits to be delivered there is given up. @throws EndpointNotFound */
  async remove(actor: Actor, id: string): Promise<void> {
    await this.unitOfWork.run(async (session) => {
      const endpoint = (await this.endpoints.find(scopeOf(actor), id, session)) ?? raise(new EndpointNotFound());
      if (!(await this.endpoints.remove(endpoint, session))) throw new TryAgain();
      await this.records.record(session, 'WEBHOOK_ENDPOINT_DELETED', endpoint, { before: summary(endpoint), after: null }, actor);
    });
  }

  /** A new secret; the one before it signs as well for so many hours more. @throws EndpointNotFound */
  rotateSecret(actor: Actor, id: string, overlapHours: number): Promise<ShownEndpoint> {
    const secret = newSigningSecret();
    return this.unitOfWork.run(async (session) => {
      const before = (await this.endpoints.find(scopeOf(actor), id, session)) ?? raise(new EndpointNotFound());
      const now = this.clock.now();
      const secrets = rotatedSecrets(before.secrets, this.box.seal(secret, placeOf(id)), overlapHours, now);
      const after = (await this.endpoints.change(scopeOf(actor), before, { secrets, updatedAt: now }, session)) ?? raise(new TryAgain());
      const change = { before: {}, after: { overlapEnds: secrets[1]?.until ?? now } };
      await this.records.record(session, 'WEBHOOK_ENDPOINT_SECRET_ROTATED', after, change, actor);
      return { endpoint: after, secret };
    });
  }

  /** By the product itself, for what its receiver does; nothing happens to one that is disabled already. */
  async disable({ _id, tenantId }: WebhookEndpoint, reason: DisabledReason): Promise<void> {
    const scope = tenantScope(tenantId);
    await this.unitOfWork.run(async (session) => {
      const before = await this.endpoints.find(scope, _id, session);
      if (!before?.enabled) return;
      const set = { enabled: false, disabledReason: reason, updatedAt: this.clock.now() };
      const after = (await this.endpoints.change(scope, before, set, session)) ?? raise(new TryAgain());
      const change = { before: { enabled: true }, after: { enabled: false, disabledReason: reason } };
      await this.records.record(session, 'WEBHOOK_ENDPOINT_DISABLED', after, change);
    });
  }

  /** Null where it was deleted. */
  receiver(tenantId: string, id: string): Promise<WebhookEndpoint | null> {
    return this.endpoints.find(tenantScope(tenantId), id);
  }

  /** Since when it fails; null where it has just not failed. */
  noteFailing(endpoint: WebhookEndpoint, since: Date | null): Promise<void> {
    return this.endpoints.noteFailing(endpoint, since);
  }

  /** What messages to it are signed with now. */
  secretsOf({ _id, secrets }: WebhookEndpoint): string[] {
    return goodSecrets(secrets, this.clock.now()).map(({ sealed }) => this.box.open(sealed, placeOf(_id)));
  }
}

const placeOf = (id: string): string => `webhook-endpoint:${id}`;

function changesOf(endpoint: WebhookEndpoint, patch: EndpointPatch): EndpointPatch {
  const entries = Object.entries(patch) as [keyof EndpointPatch, unknown][];
  return Object.fromEntries(entries.filter(([field, value]) => value !== undefined && !isDeepStrictEqual(value, endpoint[field])));
}

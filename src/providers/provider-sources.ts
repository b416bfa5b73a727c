import { createHash } from 'node:crypto';
import type { ClientSession } from 'mongodb';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { raise } from '../kernel/fault/fault.js';
import { JobQueue } from '../kernel/jobs/job-queue.js';
import type { InboundWebhook } from '../webhooks/inbound-webhook.js';
import { WebhookInbox } from '../webhooks/webhook-inbox.js';
import { type VerifiedWebhook, type WebhookArrival, WebhookSource } from '../webhooks/webhook-source.js';
import { connectorNames } from './connectors.js';
import type { PaymentProvider, ProviderEvent } from './payment-provider.js';
import { ProviderAccountsRepository } from './provider-accounts.repository.js';
import { ProviderConnections } from './provider-connections.js';
import { ProviderNotFound } from './provider.faults.js';

/** Every kind of provider sends webhooks to the accounts that tenants have there. */
@Injectable()
export class ProviderSources implements OnModuleInit {
  constructor(
    private readonly inbox: WebhookInbox,
    private readonly accounts: ProviderAccountsRepository,
    private readonly connections: ProviderConnections,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    for (const name of connectorNames) {
      this.inbox.register(new ProviderSource(name, this.accounts, this.connections, this.queue, this.clock));
    }
  }
}

class ProviderSource extends WebhookSource {
  constructor(
    readonly name: string,
    private readonly accounts: ProviderAccountsRepository,
    private readonly connections: ProviderConnections,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
  ) {
    super();
  }

  /** @throws ProviderNotFound, ProviderUnaddressed */
  async verify({ recipient, headers, body }: WebhookArrival): Promise<VerifiedWebhook | null> {
    const account = await this.accounts.findAddressed(recipient);
    if (account?.connector !== this.name) return raise(new ProviderNotFound());
    const provider = this.connections.of(account);
    if (!(await provider.verifyWebhook(headers, body, this.clock.now()))) return null;
    return { tenantId: account.tenantId, eventId: eventIdOf(provider, body), sourceAgent: account._id };
  }

  override async process(session: ClientSession, { tenantId, recipient, body }: InboundWebhook): Promise<void> {
    const account = await this.accounts.findAddressed(recipient);
    const events = account ? eventsIn(this.connections.of(account), Buffer.from(body.buffer)) : [];
    const jobs = events.map((event) => ({ kind: providerToldKind, tenantId, payload: { accountId: recipient, event } }));
    if (jobs.length > 0) await this.queue.enqueue(session, jobs);
  }
}

/** What an account tells, for whoever knows the payments; it may be about something else, and may come late, twice and in any order. */
export const providerToldKind = 'providers.told';
export interface ProviderTold {
  readonly accountId: string;
  readonly event: ProviderEvent;
}

/** What is about something else, or cannot be read, is the same event if it is the same text. */
function eventIdOf(provider: PaymentProvider, body: Buffer): string {
  const events = eventsIn(provider, body);
  return events.length > 0 ? events.map(({ eventId }) => eventId).join(' ') : createHash('sha256').update(body).digest('hex');
}

function eventsIn(provider: PaymentProvider, body: Buffer): readonly ProviderEvent[] {
  try {
    return provider.parseWebhook(body);
  } catch {
    return [];
  }
}

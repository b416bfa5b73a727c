import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Actor, DEFAULT_TENANT_ID } from '../kernel/actor/actor.js';
import { ownScope, tenantScope } from '../kernel/actor/scope.js';
import { Clock } from '../kernel/clock.js';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { raise } from '../kernel/fault/fault.js';
import { requestContext } from '../kernel/http/request-context.js';
import { objectIdHex } from '../kernel/ids.js';
import { isCurrency } from '../kernel/money/currencies.js';
import { hasCode } from '../kernel/mongo/error-code.js';
import { TargetNotAllowed, WebhookTargets } from '../webhooks/webhook-targets.js';
import type { ChargedPayment, ChargeQuery } from './charge.js';
import { NoMatchingTransactions, NoTransactions, TransactionNotFound, WebhookUrlNotAllowed } from './charge.faults.js';
import { cursorBehind, placeOf } from './charge-place.js';
import { settlementOf } from './charge-settlement.js';
import type { NewCharge } from './charges.gateway.dto.js';
import { ChargesRepository } from './charges.repository.js';
import { newPayment } from './payment-changes.js';
import { PaymentBuckets } from './payment-buckets.repository.js';
import { PaymentsLane } from './payments.lane.js';

/** Charges of one owner: part of them, and how many there are. */
export interface ChargeList {
  readonly ownerId: string;
  readonly total: number;
  readonly charges: readonly ChargedPayment[];
  readonly nextCursor: string | null;
}
const mostListed = 1_000;

/** Payments that are charged through the gateway, with an API key; each owner has its own. */
@Injectable()
export class ChargesService {
  constructor(
    private readonly charges: ChargesRepository,
    private readonly lane: PaymentsLane,
    private readonly buckets: PaymentBuckets,
    private readonly targets: WebhookTargets,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<Config, 'gatewaySettleAfterMs'>,
  ) {}

  /** A pending payment, and the job that completes it. @throws WebhookUrlNotAllowed */
  async charge(actor: Actor, given: NewCharge): Promise<ChargedPayment> {
    if (given.webhookUrl !== null) await this.assertAllowed(given.webhookUrl);
    for (;;) {
      try {
        return await this.create(actor, given);
      } catch (error) {
        // Another transaction has this number: of so few digits that it will happen.
        if (!hasCode(error, 11000)) throw error;
      }
    }
  }

  /** @throws TransactionNotFound */
  async find(actor: Actor, id: string): Promise<ChargedPayment> {
    return (await this.charges.find(ownScope(actor), id)) ?? raise(new TransactionNotFound(id));
  }

  /** The newest, oldest of them first. @throws NoTransactions, Invalid on a cursor of another list */
  async all(actor: Actor, cursor?: string): Promise<ChargeList> {
    const list = await this.part(actor, { sortBy: 'createdAt', descending: true }, cursor);
    if (list.charges.length === 0) throw new NoTransactions();
    return { ...list, charges: list.charges.toReversed() };
  }

  /** @throws NoMatchingTransactions, Invalid on a cursor of another list */
  async query(actor: Actor, query: ChargeQuery, cursor?: string): Promise<ChargeList> {
    const list = await this.part(actor, query, cursor);
    if (list.charges.length === 0) throw new NoMatchingTransactions();
    return list;
  }

  /** In the tenant of the surfaces that know no tenants. */
  async countAll(): Promise<number> {
    return (await this.buckets.totals(DEFAULT_TENANT_ID)).charges ?? 0;
  }

  /** Whoever's it is, in the caller's tenant; for those who decide themselves who may do what with it. */
  findInTenant({ tenantId }: Actor, id: string): Promise<ChargedPayment | null> {
    return this.charges.find(tenantScope(tenantId), id);
  }

  private async part(actor: Actor, query: ChargeQuery, cursor: string | undefined): Promise<ChargeList> {
    const scope = ownScope(actor);
    const after = cursor === undefined ? undefined : placeOf(cursor, query);
    const [found, total] = await Promise.all([this.charges.sorted(scope, query, mostListed + 1, after), this.charges.count(scope, query)]);
    const charges = found.slice(0, mostListed);
    const last = found.length > mostListed ? charges.at(-1) : undefined;
    return { ownerId: actor.userId, total, charges, nextCursor: last ? cursorBehind(last, query) : null };
  }

  private async create(actor: Actor, { customerName, amountMinor, currency, details, webhookUrl }: NewCharge): Promise<ChargedPayment> {
    const context = { actor, at: this.clock.now(), traceId: requestContext.traceId() };
    const code = currency.toUpperCase();
    const given = {
      merchant: actor.name,
      paymentType: 'gateway',
      amountMinor,
      currency: isCurrency(code) ? code : currency,
      region: '',
      customer: { name: customerName, email: '', country: '' },
      attempts: [],
      charge: { id: `txn_${randomBytes(6).toString('hex')}`, details, webhookUrl, currency },
    };
    const payment = newPayment(objectIdHex(), actor, given, context.at) as ChargedPayment;
    const effects = () => ({ jobs: [settlementOf(payment, this.config.gatewaySettleAfterMs)] });
    await this.lane.submit(actor.tenantId, { paymentId: payment.id, isNew: true, context, decide: () => payment, effects });
    return payment;
  }

  private async assertAllowed(url: string): Promise<void> {
    try {
      await this.targets.assertAllowed(url);
    } catch (error) {
      throw error instanceof TargetNotAllowed ? new WebhookUrlNotAllowed(url) : error;
    }
  }
}

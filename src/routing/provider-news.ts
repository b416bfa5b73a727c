import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ObjectIdHex } from '../kernel/ids.js';
import type { RunningJob } from '../kernel/jobs/job.js';
import { JobQueue } from '../kernel/jobs/job-queue.js';
import { PaymentsService } from '../payments/payments.service.js';
import type { ProviderEvent } from '../providers/payment-provider.js';
import { type ProviderTold, providerToldKind } from '../providers/provider-sources.js';
import { awaitsCustomer, type FlowPayment, isActedOn, isFlow, readReference } from './flow-payment.js';
import { FlowDriver } from './flow-driver.js';
import { FlowWriter } from './flow-writer.js';
import { holdsMoney, known, reviewed } from './lifecycle.js';
import { ProviderCalls } from './provider-calls.js';
import { told } from './told.js';

/** Of a provider that cannot be asked nobody else ever says it: it is tried for a day. Servers that are killed count as tries too. */
const tries = { concurrency: 20, maxAttempts: 300, longestBackoffMs: 300_000 };
/** News may be faster than the answer that names the payment; after so many tries it is somebody else's. */
const patience = 4;

/** Takes what providers tell of payments. Where a provider can be asked, its webhook is no more than a reason to ask. */
@Injectable()
export class ProviderNews implements OnModuleInit {
  constructor(
    private readonly queue: JobQueue,
    private readonly payments: PaymentsService,
    private readonly calls: ProviderCalls,
    private readonly writer: FlowWriter,
    private readonly driver: FlowDriver,
  ) {}

  onModuleInit(): void {
    this.queue.handle({ kind: providerToldKind, ...tries, run: (job) => this.run(job) });
  }

  private async run({ tenantId, payload, attempt: tries }: RunningJob): Promise<void> {
    const { accountId, event } = payload as unknown as ProviderTold;
    const found = await this.find(tenantId, accountId, event);
    if (!found) {
      if (tries < patience) throw new Error('There is no such payment yet');
      return;
    }
    const { payment, attempt } = found;
    if (attempt !== payment.flow.tries.length) return this.lookBack(payment, attempt);
    const { result, providerId } = event;
    if (result && providerId !== undefined) {
      const isStill = ({ flow }: FlowPayment) => flow.tries.length === attempt;
      await this.writer.tell(payment, (current, moment) => (isStill(current) ? told(current, result, providerId, moment) : current));
      return;
    }
    const books = await this.calls.query(payment, 0);
    if (books.outcome === 'unknown') throw new Error(books.because);
    if (books.outcome !== 'found') return;
    const after = await this.writer.tell(payment, (current, moment) => known(current, books.payment, moment));
    if (after && awaitsCustomer(after) && isActedOn(after)) await this.driver.repeat(after);
  }

  /** Money at a provider that has said no, and after which another one was asked, is for a person to look at. */
  private async lookBack(payment: FlowPayment, attempt: number): Promise<void> {
    const books = await this.calls.query(payment, 0, attempt);
    if (books.outcome === 'found' && holdsMoney(books.payment))
      await this.writer.tell(payment, (current, moment) => reviewed(current, 'unexpected_charge', moment));
  }

  private async find(tenantId: string, accountId: string, { reference, providerId }: ProviderEvent) {
    const ours = reference === undefined ? null : readReference(reference);
    const payment = ours
      ? await this.payments.findInTenant(tenantId, ours.paymentId as ObjectIdHex)
      : providerId === undefined
        ? null
        : await this.payments.findAtProvider(tenantId, accountId, providerId);
    if (!isFlow(payment)) return null;
    const attempt = ours?.attempt ?? payment.flow.tries.findIndex((one) => one.providerId === providerId) + 1;
    return payment.flow.tries[attempt - 1]?.accountId === accountId ? { payment, attempt } : null;
  }
}

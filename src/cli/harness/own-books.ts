import { Database } from '../../kernel/mongo/database.js';
import type { PaymentState } from '../../payments/payment-states.js';
import type { PaymentFlow } from '../../payments/payment-flow.js';
import type { ProviderName } from '../../sandbox/engine/settings.js';

/** A payment as it is stored. */
export interface OwnPayment {
  /** As the API calls it. */
  readonly id: string;
  readonly name: string;
  readonly state: PaymentState;
  readonly amountMinor: number;
  readonly currency: string;
  readonly flow: Pick<PaymentFlow, 'authorizedMinor' | 'capturedMinor' | 'refunds' | 'operation' | 'review' | 'tries' | 'capture'>;
}
/** A change of state as the audit log has it; a payment that is made comes from nowhere. */
export interface Step {
  readonly paymentId: string;
  readonly from: PaymentState | null;
  readonly to: PaymentState;
}
export interface AwaitedCustomer {
  readonly account: ProviderName;
  readonly providerId: string;
}
export interface DeadJob {
  readonly kind: string;
  readonly error: string;
}

const resting: readonly PaymentState[] = ['authorized', 'captured', 'partially_refunded', 'refunded', 'declined', 'cancelled', 'expired'];
const openRefunds = ['sent', 'in_doubt', 'pending'];
const ended = ['done', 'dead'];
/** Jobs that payments wait for. */
const kinds = ['payments.resolve', 'providers.told', 'webhooks.process'];

/** What the servers have written, read without them: from the database itself. */
export class OwnBooks {
  private constructor(private readonly database: Database) {}

  static async open(uri: string): Promise<OwnBooks> {
    return new OwnBooks(await Database.connect(uri));
  }

  /** What a killed server leaves open is in nobody's way for longer. */
  async hurry(): Promise<void> {
    await this.database.client.db('admin').command({ setParameter: 1, transactionLifetimeLimitSeconds: 4 });
  }

  async payments(): Promise<OwnPayment[]> {
    const rows = await this.database.db.collection('payments').find({ live: true }).toArray();
    return rows.map(({ _id, merchant: name, state, amountMinor, currency, flow }) => {
      return { id: `pay_${_id.toHexString()}`, name, state, amountMinor, currency, flow };
    });
  }

  async steps(): Promise<Step[]> {
    const about = { 'subject.type': 'payment', 'after.state': { $exists: true } };
    const shown = { 'subject.id': 1, 'before.state': 1, 'after.state': 1 };
    const rows = await this.database.db.collection('audit').find(about, { projection: shown }).toArray();
    return rows.map(({ subject, before, after }) => ({ paymentId: subject.id, from: before?.state ?? null, to: after.state }));
  }

  /** Payments and jobs of which something is still to come. */
  async open(): Promise<number> {
    const waiting = [
      { 'flow.operation': { $ne: null } },
      { state: { $nin: [...resting] } },
      { 'flow.refunds.state': { $in: openRefunds } },
    ];
    const payments = this.database.db.collection('payments').countDocuments({ live: true, 'flow.review': null, $or: waiting });
    const jobs = this.database.db.collection('jobs').countDocuments({ kind: { $in: kinds }, state: { $nin: ended } });
    return (await payments) + (await jobs);
  }

  /** Payments whose customers are waited for. */
  async awaited(): Promise<AwaitedCustomer[]> {
    const rows = await this.database.db.collection('payments').find({ live: true, state: 'requires_action' }).toArray();
    return rows.map(({ flow }) => ({ account: flow.tries.at(-1).account, providerId: String(flow.tries.at(-1).providerId) }));
  }

  async deadJobs(): Promise<DeadJob[]> {
    const rows = await this.database.db
      .collection('jobs')
      .find({ kind: { $in: kinds }, state: 'dead' })
      .toArray();
    return rows.map(({ kind, lastError: error }) => ({ kind, error }));
  }

  close(): Promise<void> {
    return this.database.client.close();
  }
}

/** Whether something of it is still to come. */
export const isOpen = ({ state, flow }: OwnPayment): boolean =>
  flow.operation !== null || !resting.includes(state) || flow.refunds.some((refund) => openRefunds.includes(refund.state));

import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { InvalidToken } from '../kernel/fault/common-faults.js';
import { Fault } from '../kernel/fault/fault.js';
import { GroupCommit, type Settled } from '../kernel/group-commit.js';
import { requestContext } from '../kernel/http/request-context.js';
import { Idempotency } from '../kernel/idempotency/idempotency.js';
import { type ClaimedKey, KeyAlreadyUsed } from '../kernel/idempotency/idempotency-record.js';
import type { ObjectIdHex } from '../kernel/ids.js';
import type { NewJob } from '../kernel/jobs/job.js';
import { JobQueue } from '../kernel/jobs/job-queue.js';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { Rivals } from '../kernel/rivals.js';
import type { Payment } from './payment.js';
import { PaymentBuckets } from './payment-buckets.repository.js';
import { type ChangeContext, type PaymentRecord, recordOf } from './payment-record.js';
import { fromDocument, type PaymentDocument } from './payment.schema.js';
import { PaymentsWriter } from './payments.writer.js';

/** One change of one payment. `decide` is pure and may run again; it answers null for a deletion and throws what refuses the change. */
export interface PaymentCommand {
  readonly paymentId: ObjectIdHex;
  readonly isNew: boolean;
  readonly context: ChangeContext;
  decide(current: Payment | null): Payment | null;
  /** What else is written with the change, and not where nothing has changed. */
  effects?(after: Payment | null, before: Payment | null): PaymentEffects;
  /** What the same request is answered again, where that is not the payment after the change. */
  answer?(after: Payment | null): unknown;
}
export interface PaymentEffects {
  /** What is to be done because of the change. */
  readonly jobs?: readonly NewJob[];
  /** Keys of the jobs of a kind for which nothing is left to do. */
  readonly done?: { readonly kind: string; readonly keys: readonly string[] };
  /** Earlier requests, and what they are answered from now on. */
  readonly restated?: readonly { readonly requestId: string; readonly value: unknown }[];
}
interface Submitted {
  readonly command: PaymentCommand;
  readonly key: ClaimedKey | undefined;
}
type Answer = Settled<Payment | null>;

const limits = { batch: 200, queue: 5_000, gatherMs: 8 };
/** Every change that touches a bucket: one transaction a batch holds the payments, their records and keys, and the merged counts. */
@Injectable()
export class PaymentsLane {
  private readonly rivals = new Map<string, Rivals>();
  private readonly lane = new GroupCommit<Submitted, Payment | null>((tenantId, batch) => this.commit(tenantId, batch), limits);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly writer: PaymentsWriter,
    private readonly buckets: PaymentBuckets,
    private readonly idempotency: Idempotency,
    private readonly queue: JobQueue,
  ) {}

  /** The payment after the change, null after a deletion. @throws what `decide` throws, LaneFull, OutcomeUnknown, DatabaseBusy */
  async submit(tenantId: string, command: PaymentCommand): Promise<Payment | null> {
    // Read here: the batch runs in the context of whoever came first.
    const context = requestContext.current();
    const key = context?.keyStored ? undefined : context?.key;
    const result = await this.lane.submit(tenantId, { command, key });
    if (context && key) context.keyStored = true;
    return result;
  }

  private async commit(tenantId: string, batch: readonly Submitted[]): Promise<readonly Answer[]> {
    const rivals = this.rivalsOf(tenantId);
    await rivals.letPass();
    const refused = new Map<Submitted, Answer>();
    for (;;) {
      const rest = batch.filter((submitted) => !refused.has(submitted));
      try {
        let tries = 0;
        const answers = await this.unitOfWork.transact((session) => {
          if (++tries > 1) rivals.meet();
          return this.apply(session, tenantId, rest);
        });
        return batch.map((submitted) => refused.get(submitted) ?? (answers.get(submitted) as Answer));
      } catch (error) {
        if (error instanceof KeyAlreadyUsed) refuse(refused, rest, error);
        else if (error instanceof Fault || batch.length === 1) throw error;
        // One command that cannot be written must not take the others with it.
        else return (await Promise.all(batch.map((one) => this.alone(tenantId, one)))).flat();
      }
    }
  }

  private rivalsOf(tenantId: string): Rivals {
    const rivals = this.rivals.get(tenantId) ?? new Rivals();
    this.rivals.set(tenantId, rivals);
    return rivals;
  }

  private async alone(tenantId: string, submitted: Submitted): Promise<readonly Answer[]> {
    return this.commit(tenantId, [submitted]).catch((error: Error) => [{ ok: false, error }]);
  }

  private async apply(session: ClientSession, tenantId: string, batch: readonly Submitted[]): Promise<Map<Submitted, Answer>> {
    const ids = batch.flatMap(({ command }) => (command.isNew ? [] : [command.paymentId]));
    const stored = new Map((await this.writer.load(session, tenantId, ids)).map((document) => [document._id.toHexString(), document]));
    const counting = await this.buckets.counting(tenantId);
    const work = new Batch(tenantId, stored, counting.erased);
    for (const submitted of batch) work.decide(submitted);
    if (work.writes.length > 0) await this.writer.write(session, counting, work);
    for (const [kind, keys] of work.doneJobs) await this.queue.forget(session, kind, keys);
    if (work.jobs.length > 0) await this.queue.enqueue(session, work.jobs);
    await this.idempotency.storeAll(session, work.outcomes);
    await this.idempotency.restateAll(session, work.restated);
    return work.answers;
  }
}

function refuse(refused: Map<Submitted, Answer>, rest: readonly Submitted[], error: KeyAlreadyUsed): void {
  const used = rest.find(({ key }) => key?.id === error.id);
  if (!used) throw error;
  refused.set(used, { ok: false, error });
}

/** Decides the commands of a batch in order; the second one of a payment sees what the first one made of it. */
class Batch {
  readonly answers = new Map<Submitted, Answer>();
  readonly records: PaymentRecord[] = [];
  readonly jobs: NewJob[] = [];
  readonly doneJobs = new Map<string, string[]>();
  readonly restated: { readonly requestId: string; readonly value: unknown }[] = [];
  private readonly now = new Map<string, Payment | null>();

  constructor(
    readonly tenantId: string,
    private readonly stored: ReadonlyMap<string, PaymentDocument>,
    private readonly erased: readonly string[],
  ) {}

  get writes() {
    return [...this.now].map(([id, after]) => ({ before: this.stored.get(id) ?? null, after }));
  }

  get outcomes() {
    return [...this.answers].flatMap(([{ key, command }, answer]) => {
      return key && answer.ok ? [{ key, value: command.answer ? command.answer(answer.value) : answer.value }] : [];
    });
  }

  decide(submitted: Submitted): void {
    const { command } = submitted;
    const { paymentId, context, isNew } = command;
    const document = this.stored.get(paymentId);
    const changed = this.now.get(paymentId);
    const before = changed === undefined && document ? fromDocument(document) : (changed ?? null);
    try {
      if (isNew && this.erased.includes(context.actor.userId)) throw new InvalidToken();
      const after = command.decide(before);
      this.answers.set(submitted, { ok: true, value: after });
      if (after === before) return;
      this.now.set(paymentId, after);
      this.records.push(recordOf(before, after, context));
      this.collect(command.effects?.(after, before) ?? {});
    } catch (error) {
      this.answers.set(submitted, { ok: false, error: error as Error });
    }
  }

  private collect({ jobs = [], done, restated = [] }: PaymentEffects): void {
    this.jobs.push(...jobs);
    this.restated.push(...restated);
    if (done && done.keys.length > 0) this.doneJobs.set(done.kind, [...(this.doneJobs.get(done.kind) ?? []), ...done.keys]);
  }
}

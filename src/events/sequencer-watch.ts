import type { ChangeStream, Document } from 'mongodb';
import type { Database } from '../kernel/mongo/database.js';
import { LEASE, leaseCollection, type LeaseRow, tenantsOf } from './event-feed.schema.js';

type Called = Document & { readonly updateDescription: { readonly updatedFields: { readonly call?: string } } };
export interface Listener {
  /** From now on nothing is missed. */
  onOpen(): void;
  onCall(tenants: readonly string[]): void;
}

/**
 * What other nodes tell the node that gives out positions. A stream that breaks is opened again. It looks at one small collection: a
 * stream over all of them costs the server a good part of what it writes.
 */
export class SequencerWatch {
  private changes: ChangeStream<LeaseRow, Called> | undefined;
  private retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly listener: Listener,
    private readonly retryMs: number,
  ) {}

  open(): void {
    if (this.changes) return;
    const isCall = { operationType: 'update', 'documentKey._id': LEASE, 'updateDescription.updatedFields.call': { $exists: true } };
    const pipeline = [{ $match: isCall }, { $project: { updateDescription: 1 } }];
    const changes = this.database.collection<LeaseRow>(leaseCollection.name).watch<LeaseRow, Called>(pipeline);
    this.changes = changes;
    // The first token comes with the answer that opens the stream.
    changes.once('resumeTokenChanged', () => this.listener.onOpen());
    changes.on('change', ({ updateDescription }) => this.listener.onCall(tenantsOf(updateDescription.updatedFields.call ?? '')));
    changes.once('error', () => {
      this.close();
      this.retry = setTimeout(() => this.open(), this.retryMs).unref();
    });
  }

  close(): void {
    clearTimeout(this.retry);
    void this.changes?.close().catch(() => {});
    this.changes = undefined;
  }
}

import type { ChangeStream, Db, Document } from 'mongodb';
import { LEASE, leaseCollection } from './event-feed.schema.js';

interface Call {
  readonly ns: { readonly coll: string };
  readonly fullDocument?: { readonly tenantId: string };
}
export interface Listener {
  /** From now on nothing is missed. */
  onOpen(): void;
  /** Of this tenant where it is known. */
  onNews(tenantId?: string): void;
}

/** What other nodes, and sources of events, tell the node that gives out positions. A stream that breaks is opened again. */
export class SequencerWatch {
  private changes: ChangeStream<Document, Call & Document> | undefined;
  private retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: Db,
    private readonly listener: Listener,
    private readonly retryMs: number,
  ) {}

  open(collections: readonly string[]): void {
    if (this.changes) return;
    const isCall = { operationType: 'update', 'ns.coll': leaseCollection.name, 'documentKey._id': LEASE };
    const isRow = { operationType: 'insert', 'ns.coll': { $in: collections } };
    const pipeline = [
      { $match: { $or: [{ ...isCall, 'updateDescription.updatedFields.calls': { $exists: true } }, isRow] } },
      { $project: { ns: 1, 'fullDocument.tenantId': 1 } },
    ];
    const changes = this.db.watch<Document, Call & Document>(pipeline);
    this.changes = changes;
    // The first token comes with the answer that opens the stream.
    changes.once('resumeTokenChanged', () => this.listener.onOpen());
    changes.on('change', ({ fullDocument }) => this.listener.onNews(fullDocument?.tenantId));
    changes.once('error', () => {
      this.close();
      this.retry = setTimeout(() => this.open(collections), this.retryMs).unref();
    });
  }

  close(): void {
    clearTimeout(this.retry);
    void this.changes?.close().catch(() => {});
    this.changes = undefined;
  }
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Event } from '../events/event.js';
import { type Derived, derivedId, type EventSource, EventSources } from '../events/event-source.js';
import { type Entry, type EntryKind, isSystem, ownerOf } from '../ledger/ledger.js';
import { LedgerReader } from '../ledger/ledger-reader.service.js';
import { creditEvents, payer, type Teller } from './credit-events.js';

/** Who did what nobody asked for. */
const SYSTEM = 'system';

/** The ledger's entries as events, one for each: what is posted is recorded nowhere else. */
@Injectable()
export class LedgerEvents implements EventSource, OnModuleInit {
  readonly name = 'ledger';
  readonly collection: string;
  private readonly tellers = new Map<EntryKind, Teller>(Object.entries(creditEvents) as [EntryKind, Teller][]);

  constructor(
    private readonly reader: LedgerReader,
    private readonly sources: EventSources,
  ) {
    this.collection = reader.growsIn;
  }

  onModuleInit(): void {
    this.sources.add(this);
  }

  /** For a kind of entry that another feature posts; to be called when its module is initialised. */
  tell(kind: EntryKind, teller: Teller): void {
    this.tellers.set(kind, teller);
  }

  heads(): Promise<ReadonlyMap<string, number>> {
    return this.reader.lastNumbers();
  }

  async next(tenantId: string, after: number, limit: number): Promise<Derived> {
    const entries = await this.reader.page(tenantId, {}, { newestFirst: false, after }, limit);
    const gap = entries.find(({ n }, index) => n !== after + 1 + index);
    if (gap) throw new Error(`Entry ${gap.n} of ${tenantId} does not follow the one before`);
    return { events: entries.map((entry) => this.eventOf(entry)), through: after + entries.length };
  }

  private eventOf(entry: Entry): Event {
    const { tenantId, n, kind, at } = entry;
    const teller = this.tellers.get(kind);
    if (!teller) throw new Error(`Nobody tells of entries of kind ${kind}`);
    // The ledger keeps no trace ids.
    const common = { _id: derivedId(this, tenantId, n), tenantId, version: 1, at, traceId: null } as const;
    return { ...common, sourceAgent: doerOf(entry), ...teller(entry) };
  }
}

function doerOf(entry: Entry): string {
  if (entry.kind === 'hold_expiry') return SYSTEM;
  if (typeof entry.meta.by === 'string') return entry.meta.by;
  return isSystem(payer(entry)) ? SYSTEM : ownerOf(payer(entry));
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Event, EventType } from '../events/event.js';
import { derivedId, type EventSource, EventSources, type Run } from '../events/event-source.js';
import { type Entry, type EntryKind, isSystem, ownerOf } from '../ledger/ledger.js';
import { LedgerNews } from '../ledger/ledger-news.js';
import { LedgerReader } from '../ledger/ledger-reader.service.js';
import { creditEvents, payer, type Teller } from './credit-events.js';

/** Who did what nobody asked for. */
const SYSTEM = 'system';

/** The ledger's entries as events, one for each: what is posted is recorded nowhere else. */
@Injectable()
export class LedgerEvents implements EventSource, OnModuleInit {
  readonly name = 'ledger';
  private readonly tellers = new Map<EntryKind, Teller>(Object.entries(creditEvents) as [EntryKind, Teller][]);

  constructor(
    private readonly reader: LedgerReader,
    private readonly news: LedgerNews,
    private readonly sources: EventSources,
  ) {}

  onModuleInit(): void {
    this.sources.add(this);
    this.news.onGrowth((tenantId) => this.sources.grew(tenantId));
  }

  /** For a kind of entry that another feature posts; to be called when its module is initialised. */
  tell(kind: EntryKind, teller: Teller): void {
    this.tellers.set(kind, teller);
  }

  makes(type: EventType): boolean {
    return [...this.tellers.values()].some((teller) => teller.type === type);
  }

  heads(): Promise<ReadonlyMap<string, number>> {
    return this.reader.lastNumbers();
  }

  async runs(tenantId: string, after: number, limit: number): Promise<readonly Run[]> {
    const batches = await this.reader.batchesAfter(tenantId, after, limit);
    const runs = batches.map(({ firstNumber, n, at }): Run => {
      return { first: Math.max(firstNumber, after + 1), last: Math.min(n, after + limit), at };
    });
    const gap = runs.find(({ first }, index) => first !== (runs[index - 1]?.last ?? after) + 1);
    if (gap) throw new Error(`Entry ${gap.first} of ${tenantId} does not follow the one before`);
    return runs;
  }

  async events(tenantId: string, first: number, last: number): Promise<readonly Event[]> {
    const entries = await this.reader.page(tenantId, {}, { newestFirst: false, after: first - 1 }, last - first + 1);
    const gap = entries.find(({ n }, index) => n !== first + index);
    if (gap) throw new Error(`Entry ${gap.n} of ${tenantId} does not follow the one before`);
    return entries.map((entry) => this.eventOf(entry));
  }

  private eventOf(entry: Entry): Event {
    const { tenantId, n, kind, at } = entry;
    const teller = this.tellers.get(kind);
    if (!teller) throw new Error(`Nobody tells of entries of kind ${kind}`);
    const { type, tell } = teller;
    // The ledger keeps no trace ids.
    const common = { _id: derivedId(this, tenantId, n), tenantId, type, version: 1, at, traceId: null } as const;
    return { ...common, sourceAgent: doerOf(entry), ...tell(entry) };
  }
}

function doerOf(entry: Entry): string {
  if (entry.kind === 'hold_expiry') return SYSTEM;
  if (typeof entry.meta.by === 'string') return entry.meta.by;
  return isSystem(payer(entry)) ? SYSTEM : ownerOf(payer(entry));
}

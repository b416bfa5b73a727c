import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import type { OnProgress } from './ledger-auditor.js';
import type { AnchorDocument, BatchDocument, EntryDocument } from './ledger.schema.js';
import { beginning, LedgerWalk } from './ledger-walk.js';

export interface Exported {
  readonly tenants: number;
  readonly batches: number;
  readonly entries: number;
}

const chunkLength = 65_536;

/**
 * Writes the ledger as newline-delimited JSON: of each batch its header, `{"type":"batch", tenantId, seq, …}`, then its entries,
 * `{"type":"entry", tenantId, n, …}`, in order. Amounts are integers of the asset's smallest unit, times are ISO 8601 in UTC.
 */
@Injectable()
export class LedgerExport {
  constructor(private readonly walk: LedgerWalk) {}

  /** One tenant, or all, up to what there is at the start; as slow as the stream takes it, which is left open. */
  async export(to: Writable, tenantId?: string, onProgress: OnProgress = () => {}): Promise<Exported> {
    const tenants = tenantId === undefined ? await this.walk.tenants() : [tenantId];
    const exported = { tenants: tenants.length, batches: 0, entries: 0 };
    const size = await this.walk.size(tenantId);
    const chunks = this.chunks(tenants, exported, () => onProgress(exported.entries, size));
    await pipeline(Readable.from(chunks), to, { end: false });
    return exported;
  }

  private async *chunks(tenants: readonly string[], counts: { batches: number; entries: number }, onChunk: () => void) {
    let chunk = '';
    for (const tenantId of tenants) {
      const upTo = await this.walk.head(tenantId);
      for await (const { header, entries } of this.walk.stretch(tenantId, { after: beginning, upTo, session: undefined })) {
        if (header) chunk += lineOf('batch', header);
        for (const entry of entries) chunk += lineOf('entry', entry);
        counts.batches += header ? 1 : 0;
        counts.entries += entries.length;
        if (chunk.length < chunkLength) continue;
        yield chunk;
        chunk = '';
        onChunk();
      }
    }
    if (chunk !== '') yield chunk;
  }
}

function lineOf(type: string, { _id, ...row }: BatchDocument | EntryDocument | AnchorDocument): string {
  return `${JSON.stringify({ type, ...row })}\n`;
}

import { Injectable } from '@nestjs/common';
import { SubjectKeys } from '../kernel/privacy/subject-keys.js';
import type { Entry, Meta } from '../ledger/ledger.js';

/** Names the user under whose key an entry's memo is sealed. */
const sealedFor = 'memoOf';
const erased = '[erased]';

/** What people write into a posting is about somebody: it stands in the ledger sealed, and can be read until that user is erased. */
@Injectable()
export class CreditMemos {
  constructor(private readonly keys: SubjectKeys) {}

  async seal(userId: string, text: string): Promise<{ readonly memo: string; readonly meta: Meta }> {
    if (text === '') return { memo: '', meta: {} };
    return { memo: await this.keys.seal(userId, text), meta: { [sealedFor]: userId } };
  }

  /** The entry as people read it. */
  async read(entry: Entry): Promise<Entry> {
    const { [sealedFor]: userId, ...meta } = entry.meta;
    if (typeof userId !== 'string') return entry;
    return { ...entry, meta, memo: (await this.keys.open(userId, entry.memo)) ?? erased };
  }

  readAll(entries: readonly Entry[]): Promise<Entry[]> {
    return Promise.all(entries.map((entry) => this.read(entry)));
  }
}

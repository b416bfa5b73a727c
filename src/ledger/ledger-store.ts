import type { ClientSession } from 'mongodb';
import type { BatchHeader } from './chain.js';
import type { Account, AccountKey, Entry, Head } from './ledger.js';
import type { Referred } from './batch-draft.js';

/** Everything one batch writes, all of it or nothing. */
export interface LedgerBatch {
  readonly header: BatchHeader;
  readonly entries: readonly Entry[];
  /** As the batch leaves them, with what it found. */
  readonly accounts: readonly { readonly after: Account; readonly seqBefore: number }[];
  /** Other documents that are written in the same transaction. */
  readonly with?: (session: ClientSession, entries: readonly Entry[]) => Promise<void>;
}

/** Something of the batch that may be there once only was there already, or an account had moved: nothing was applied. */
export class NotUnique extends Error {}
/** The database rolled this attempt back; another one may succeed. */
export class RolledBack extends Error {}
/** Nobody knows yet whether this attempt was applied, and no read can tell: it must be settled by the same batch again. */
export class OutcomeOpen extends Error {}

/**
 * Where a ledger is kept. Every read answers with what a majority holds, and never with less than what this process has seen
 * acknowledged. `commit` is the compare-and-swap: of two batches with one number, one succeeds.
 */
export abstract class LedgerStore {
  abstract head(tenantId: string): Promise<Head>;
  /** The head and the accounts as of one moment; accounts that nobody wrote come empty. */
  abstract accounts(tenantId: string, keys: readonly AccountKey[]): Promise<{ readonly head: Head; readonly accounts: readonly Account[] }>;
  /** The account as it is; made, with nothing in it and of no batch, where there is none. */
  abstract open(tenantId: string, account: AccountKey): Promise<Account>;
  abstract used(tenantId: string, keys: readonly string[]): Promise<readonly Entry[]>;
  abstract referred(tenantId: string, numbers: readonly number[]): Promise<readonly Referred[]>;
  /** The accounts that entries after number `n` touched, or null where those are too many to name. */
  abstract touchedAfter(tenantId: string, n: number): Promise<readonly AccountKey[] | null>;
  /** @throws NotUnique, RolledBack, OutcomeOpen, and what `with` throws */
  abstract commit(batch: LedgerBatch): Promise<void>;
  /** The nonce of the batch of this number, if there is one. */
  abstract nonceAt(tenantId: string, seq: number): Promise<string | undefined>;
  /** Ends what other nodes have left open on this tenant, so that its next batch can be written. */
  abstract breakIn(tenantId: string): Promise<void>;
  /** Ends what this node has left open: whatever it was, `nonceAt` then tells what became of it. */
  abstract abandon(tenantId: string): Promise<void>;
}

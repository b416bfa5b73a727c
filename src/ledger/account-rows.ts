import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { type ClientSession, type Collection } from 'mongodb';
import { Database } from '../kernel/mongo/database.js';
import { BadRow } from './bad-row.js';
import { type Account, type AccountKey, assetOf, isAsset, ownerOf } from './ledger.js';
import { type AccountDocument, accountFields, accountsCollection, accountValues, emptyAccount, idOf } from './ledger.schema.js';
import type { LedgerAudit } from './ledger-audit.js';

/** A row, or a lack of one, that the entries do not bear out. */
export interface WrongRow {
  readonly _id: unknown;
  readonly bad: BadRow;
}

type Values = Readonly<Record<string, unknown>>;

/** Compares a tenant's account rows with what its entries make of them. */
@Injectable()
export class AccountRows {
  private readonly rows: Collection<AccountDocument>;

  constructor(database: Database) {
    this.rows = database.collection<AccountDocument>(accountsCollection.name);
  }

  /** As of the moment of the session, up to which the audit must have come; `onRow` is called for each row that is right. */
  async *wrong(audit: LedgerAudit, session: ClientSession, onRow: () => void): AsyncGenerator<WrongRow> {
    const { tenantId, replay } = audit;
    const found = new Set<unknown>();
    const cursor = this.rows.find({ tenantId }, { hint: 'owner', batchSize: 1_000, session, readConcern: { level: 'snapshot' } });
    for await (const row of cursor) {
      found.add(row._id);
      const problem = problemOf(row, audit);
      if (problem === undefined) onRow();
      else yield { _id: row._id, bad: new BadRow(accountsCollection.name, row._id, problem) };
    }
    for (const key of replay.accountKeys()) {
      const _id = idOf(tenantId, key);
      if (!found.has(_id)) yield { _id, bad: new BadRow(accountsCollection.name, _id, 'is missing') };
    }
  }

  /** Puts what the entries make of them in the place of these rows; those that can be no account's go. */
  async replace(audit: LedgerAudit, ids: readonly unknown[], session: ClientSession): Promise<void> {
    await this.rows.deleteMany({ _id: { $in: ids as string[] } }, { session });
    const right = ids.flatMap((id) => {
      const account = accountBehind(id, audit);
      return account ? [{ _id: id as string, ...accountFields(account) }] : [];
    });
    if (right.length > 0) await this.rows.insertMany(right, { session });
  }
}

/** An account that was opened has a row before it has an entry. */
function accountBehind(id: unknown, { tenantId, replay }: LedgerAudit): Account | undefined {
  const prefix = idOf(tenantId, '');
  if (typeof id !== 'string' || !id.startsWith(prefix)) return undefined;
  const key = id.slice(prefix.length) as AccountKey;
  const isKey = ownerOf(key) !== '' && isAsset(assetOf(key));
  return isKey ? (replay.account(key) ?? emptyAccount(tenantId, key)) : undefined;
}

function problemOf(row: AccountDocument, audit: LedgerAudit): string | undefined {
  const account = accountBehind(row._id, audit);
  if (!account) return '_id is not tenant, owner and asset';
  if (typeof row.seq === 'number' && row.seq > audit.seq) return `was written by batch ${row.seq}, and the chain ends at ${audit.seq}`;
  const expected: Values = { _id: row._id, ...accountValues(account) };
  const values = row as unknown as Values;
  const wrong = differing(values, expected) ?? differing(expected, values);
  return wrong && `${wrong} is ${JSON.stringify(values[wrong])}, and the entries make it ${JSON.stringify(expected[wrong])}`;
}

/** The first field of one row that is another one in the other row. */
function differing(one: Values, other: Values): string | undefined {
  for (const name in one) if (one[name] !== other[name] && !isDeepStrictEqual(one[name], other[name])) return name;
  return undefined;
}

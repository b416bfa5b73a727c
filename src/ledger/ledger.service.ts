import { Injectable } from '@nestjs/common';
import { requestContext } from '../kernel/http/request-context.js';
import { KeyReused } from '../kernel/idempotency/idempotency-record.js';
import type { Account, AccountKey, LedgerCommand, Posted } from './ledger.js';
import { LedgerStore } from './ledger-store.js';
import { LedgerWriter, type PostOptions } from './ledger-writer.js';

/** Posts for a request: where it carries an idempotency key, that is the key of the entry, for ever. */
@Injectable()
export class LedgerService {
  constructor(
    private readonly writer: LedgerWriter,
    private readonly store: LedgerStore,
  ) {}

  /** The account, made with nothing in it where there is none. */
  open(tenantId: string, account: AccountKey): Promise<Account> {
    return this.store.open(tenantId, account);
  }

  /**
   * What the request's idempotency key has posted before. To be asked where something that has changed since could refuse the
   * request now. @throws KeyReused
   */
  async earlier(tenantId: string): Promise<Posted | null> {
    const context = requestContext.current();
    const [entry] = context?.key ? await this.store.used(tenantId, [context.key.id]) : [];
    if (!context?.key || !entry) return null;
    if (entry.requestHash !== context.key.requestHash) throw new KeyReused();
    context.replayed = true;
    return { entry, replayed: true };
  }

  /** @throws what `LedgerWriter.post` throws */
  async post(command: Omit<LedgerCommand, 'key' | 'requestHash'>, options?: PostOptions): Promise<Posted> {
    const context = requestContext.current();
    const key = context?.key && { key: context.key.id, requestHash: context.key.requestHash };
    const posted = await this.writer.post({ ...command, ...key }, options);
    if (context?.key) context.keyStored = true;
    if (context && posted.replayed) context.replayed = true;
    return posted;
  }
}

import { Injectable } from '@nestjs/common';
import { type Actor, may } from '../kernel/actor/actor.js';
import { type Member, Members } from '../kernel/actor/members.js';
import { seesTenant } from '../kernel/actor/permissions.js';
import { Clock } from '../kernel/clock.js';
import { AccessDenied, ValidationFailed } from '../kernel/fault/common-faults.js';
import { raise } from '../kernel/fault/fault.js';
import {
  type Account,
  type AccountKey,
  accountOf,
  type Asset,
  assetOf,
  CREDIT,
  type Entry,
  type EntryKind,
  isSystem,
  legsBetween,
  type Move,
  ownerOf,
} from '../ledger/ledger.js';
import { SelfTransfer, TransactionNotFound } from '../ledger/ledger.faults.js';
import { LedgerReader } from '../ledger/ledger-reader.service.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { CreditMemos } from './credit-memos.js';
import type { GrantSource } from './credit-transaction.js';
import { HoldNotFound, UserNotFound } from './credits.faults.js';

export interface CreditAccount {
  readonly member: Member;
  readonly account: Account;
}
/** `amount` in credits, or the smallest unit of the asset. */
export interface Movement {
  readonly userId: string;
  readonly amount: number;
  readonly description: string;
  readonly asset?: Asset;
}

export const shortestHoldMs = 1_000;
export const longestHoldMs = 30 * 86_400_000;

/** Credits: what users own, as accounts of the ledger. Everybody acts on its own account; on another's who may write credits. */
@Injectable()
export class CreditsService {
  constructor(
    private readonly ledger: LedgerService,
    private readonly reader: LedgerReader,
    private readonly members: Members,
    private readonly memos: CreditMemos,
    private readonly clock: Clock,
  ) {}

  /** @throws UserNotFound */
  async member(actor: Actor, userId: string): Promise<Member> {
    return (await this.members.find(actor.tenantId, userId)) ?? raise(new UserNotFound());
  }

  /** @throws AccessDenied, UserNotFound */
  async account(actor: Actor, userId: string, asset: Asset = CREDIT): Promise<CreditAccount> {
    if (userId !== actor.userId && !seesTenant(actor.role)) throw new AccessDenied();
    const member = await this.member(actor, userId);
    return { member, account: await this.reader.account(actor.tenantId, accountOf(userId, asset)) };
  }

  /** Gives new credits. @throws UserNotFound and what the ledger refuses */
  async grant(actor: Actor, { userId, amount, description, asset }: Movement, source: GrantSource = 'admin'): Promise<Entry> {
    return this.orEarlier(actor, async () => {
      await this.member(actor, userId);
      const legs = legsBetween(accountOf('@issuance', asset), accountOf(userId, asset), amount);
      return this.post(actor, 'grant', userId, description, { type: 'legs', legs }, { source });
    });
  }

  /** @throws AccessDenied, UserNotFound, InsufficientCredits */
  async spend(actor: Actor, { userId, amount, description, asset }: Movement): Promise<Entry> {
    return this.orEarlier(actor, async () => {
      await this.assertMayMove(actor, userId);
      const legs = legsBetween(accountOf(userId, asset), accountOf('@revenue', asset), amount);
      return this.post(actor, 'spend', userId, description, { type: 'legs', legs });
    });
  }

  /** @throws AccessDenied, UserNotFound, SelfTransfer, InsufficientCredits */
  async transfer(actor: Actor, { userId, amount, description, asset }: Movement, to: string): Promise<Entry> {
    if (to === userId) throw new SelfTransfer();
    return this.orEarlier(actor, async () => {
      await Promise.all([this.assertMayMove(actor, userId), this.member(actor, to)]);
      const legs = legsBetween(accountOf(userId, asset), accountOf(to, asset), amount);
      return this.post(actor, 'transfer', userId, description, { type: 'legs', legs });
    });
  }

  /** Undoes a transaction, wholly or in part. @throws TransactionNotFound, NotReversible, ReversalExceeded, InsufficientCredits */
  async reverse(actor: Actor, n: number, description: string, amount?: number): Promise<Entry> {
    const entry = (await this.reader.entry(actor.tenantId, n)) ?? raise(new TransactionNotFound());
    const about = entry.postings.find(({ account }) => !isSystem(account))?.account ?? raise(new TransactionNotFound());
    const move: Move = { type: 'reverse', of: n, ...(amount !== undefined && { amount }) };
    return this.post(actor, 'reversal', ownerOf(about), description, move);
  }

  /** Sets credits aside until they are committed, voided or `expiresAt`. @throws as `spend`, TooManyHolds, ValidationFailed */
  async hold(actor: Actor, { userId, amount, description, asset }: Movement, expiresAt: Date): Promise<Entry> {
    return this.orEarlier(actor, async () => {
      await this.assertMayMove(actor, userId);
      const lasts = expiresAt.getTime() - this.clock.now().getTime();
      const message = 'expiresAt must lie between a second and 30 days ahead';
      if (!(lasts >= shortestHoldMs && lasts <= longestHoldMs)) throw new ValidationFailed([{ field: 'expiresAt', message }]);
      return this.post(actor, 'hold', userId, description, { type: 'hold', account: accountOf(userId, asset), amount, expiresAt });
    });
  }

  /** Spends what is held, all of it or a part; the rest is free again. @throws HoldNotFound, HoldClosed, HoldExceeded */
  async commit(actor: Actor, n: number, amount?: number): Promise<Entry> {
    const account = await this.heldOn(actor, n);
    const to = accountOf('@revenue', assetOf(account));
    return this.post(actor, 'hold_commit', ownerOf(account), '', { type: 'commit', hold: n, to, ...(amount !== undefined && { amount }) });
  }

  /** @throws HoldNotFound, HoldClosed */
  async void(actor: Actor, n: number): Promise<Entry> {
    const account = await this.heldOn(actor, n);
    return this.post(actor, 'hold_void', ownerOf(account), '', { type: 'release', hold: n, because: 'void' });
  }

  private async heldOn(actor: Actor, n: number): Promise<AccountKey> {
    const entry = await this.reader.entry(actor.tenantId, n);
    const account = entry?.kind === 'hold' ? entry.postings[0]?.account : undefined;
    if (account === undefined || !(mayMove(actor, ownerOf(account)) || seesTenant(actor.role))) throw new HoldNotFound();
    if (!mayMove(actor, ownerOf(account))) throw new AccessDenied();
    return account;
  }

  private async assertMayMove(actor: Actor, userId: string): Promise<void> {
    if (!mayMove(actor, userId)) throw new AccessDenied();
    // Whoever acts is a member, or could not.
    if (userId !== actor.userId) await this.member(actor, userId);
  }

  /** Sent again when time has passed or somebody has left, a request still gets the answer of then. */
  private async orEarlier(actor: Actor, post: () => Promise<Entry>): Promise<Entry> {
    try {
      return await post();
    } catch (error) {
      if (!(error instanceof UserNotFound || error instanceof ValidationFailed)) throw error;
      const earlier = await this.ledger.earlier(actor.tenantId);
      if (!earlier) throw error;
      return this.memos.read(earlier.entry);
    }
  }

  private async post(actor: Actor, kind: EntryKind, about: string, description: string, move: Move, more: object = {}): Promise<Entry> {
    const { memo, meta } = await this.memos.seal(about, description);
    const command = {
      tenantId: actor.tenantId,
      kind,
      memo,
      meta: { ...meta, ...more, by: actor.userId, ...(actor.key && { key: actor.key.id }) },
      move,
    };
    return this.memos.read((await this.ledger.post(command)).entry);
  }
}

const mayMove = (actor: Actor, userId: string): boolean => actor.userId === userId || may(actor, 'credits:write');

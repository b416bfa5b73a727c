import { Injectable } from '@nestjs/common';
import { InvalidSession } from '../auth/store-session.faults.js';
import { CreditMemos } from '../credits/credit-memos.js';
import { movingKinds } from '../credits/credit-transaction.js';
import type { Actor } from '../kernel/actor/actor.js';
import { type Member, Members } from '../kernel/actor/members.js';
import { raise } from '../kernel/fault/fault.js';
import { type AccountKey, accountOf, type Entry, isSystem, legsBetween, netOf, ownerOf } from '../ledger/ledger.js';
import { InsufficientCredits, SelfTransfer } from '../ledger/ledger.faults.js';
import { LedgerReader } from '../ledger/ledger-reader.service.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { TeamNotFound } from './store.faults.js';

export interface TeamBalance {
  readonly available: number;
  /** The team's. */
  readonly number: number;
}
/** An entry between two by their numbers; 0 is nobody's: a book of the tenant, or somebody who was erased. */
export interface TeamEntry {
  readonly entry: Entry;
  readonly amount: number;
  readonly from: number;
  readonly to: number;
}

const mostShown = 1_000;

/** What a team owns, and what it gives to others. */
@Injectable()
export class TeamMoney {
  constructor(
    private readonly ledger: LedgerService,
    private readonly reader: LedgerReader,
    private readonly members: Members,
    private readonly memos: CreditMemos,
  ) {}

  /** @throws InvalidSession where the caller was erased a moment ago */
  async balance({ tenantId, userId }: Actor): Promise<TeamBalance> {
    const [account, member] = await Promise.all([this.reader.account(tenantId, accountOf(userId)), this.members.find(tenantId, userId)]);
    const { number } = member ?? raise(new InvalidSession());
    return { available: account.available, number };
  }

  /**
   * The amount is asked for when the recipient is known: the order of the refusals is published.
   * @throws TeamNotFound, what `readAmount` throws, SelfTransfer, InsufficientCredits, what `LedgerService.post` throws
   */
  async transfer({ tenantId, userId }: Actor, recipient: number | undefined, readAmount: () => number): Promise<Entry> {
    const earlier = await this.ledger.earlier(tenantId);
    if (earlier) return earlier.entry;
    const to = await this.team(tenantId, recipient);
    const amount = readAmount();
    if (to.userId === userId) throw new SelfTransfer();
    // More than any account can hold.
    if (!Number.isSafeInteger(amount)) throw new InsufficientCredits();
    const { entry } = await this.ledger.post({
      tenantId,
      kind: 'transfer',
      memo: `transfer to team ${to.number}`,
      move: { type: 'legs', legs: legsBetween(accountOf(userId), accountOf(to.userId), amount) },
    });
    return entry;
  }

  /** The newest entries that changed what the caller owns, oldest of them first. */
  async transactions({ tenantId, userId }: Actor): Promise<TeamEntry[]> {
    const account = accountOf(userId);
    const found = await this.reader.page(tenantId, { account, kinds: movingKinds }, { newestFirst: true }, mostShown);
    const entries = await this.memos.readAll(found.reverse());
    const owners = entries.map((entry) => otherSide(entry, account)).filter((other) => !isSystem(other));
    const people = await this.members.byIds(tenantId, [userId, ...owners.map(ownerOf)]);
    const numberOf = (side: AccountKey) => people.get(ownerOf(side))?.number ?? 0;
    return entries.map((entry) => {
      const [own, other, net] = [numberOf(account), numberOf(otherSide(entry, account)), netOf(entry, account)];
      return { entry, amount: Math.abs(net), from: net < 0 ? own : other, to: net < 0 ? other : own };
    });
  }

  private async team(tenantId: string, number: number | undefined): Promise<Member> {
    const found = number === undefined ? null : await this.members.findByNumber(tenantId, number);
    return found?.username === undefined ? raise(new TeamNotFound()) : found;
  }
}

/** Where it came from or went to; of an entry that moves nothing to others, the account itself. */
function otherSide(entry: Entry, account: AccountKey): AccountKey {
  const sign = Math.sign(netOf(entry, account));
  return entry.postings.find((posting) => Math.sign(netOf(entry, posting.account)) === -sign)?.account ?? account;
}

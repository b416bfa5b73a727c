import { setTimeout as pause } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import { Injectable, Optional } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../kernel/clock.js';
import { Keys } from '../kernel/config/keys.js';
import { GroupCommit, type Settled } from '../kernel/group-commit.js';
import { KeyReused } from '../kernel/idempotency/idempotency-record.js';
import { DatabaseUnavailable, isUnreachable } from '../kernel/mongo/driver-faults.js';
import { AccountCache } from './account-cache.js';
import { accountsOf, BatchDraft, refersTo } from './batch-draft.js';
import { hashOf, seal, type Unsealed } from './chain.js';
import { LedgerLane } from './ledger-lane.js';
import { LedgerNews } from './ledger-news.js';
import { LedgerBusy, PostingUnknown } from './ledger.faults.js';
import type { Account, LedgerCommand, Posted } from './ledger.js';
import { type LedgerBatch, LedgerStore, NotUnique, OutcomeOpen, RolledBack } from './ledger-store.js';
import { LedgerWriter, type PostOptions } from './ledger-writer.js';
import { normaliseMemo, normaliseMeta } from './meta.js';
import { newNodeId } from './node-id.js';
import { apart, OthersFailed } from './other-documents.js';

interface Submitted {
  readonly command: LedgerCommand;
  readonly key: string;
  readonly requestHash: string;
  readonly with?: PostOptions['with'];
  /** Then nobody waits for it any more: what is not applied by then never will be, lest it follow what its caller did instead. */
  until: number;
  /** Its batch was sent at least once. */
  begun?: boolean;
}
type Answer = Settled<Posted>;
/** `patienceMs` is how long a caller waits to be told anything. */
export const ledgerLimits = { batch: 256, queue: 5_000, gatherMs: 8, patienceMs: 10_000, cachedAccounts: 50_000 };
export type LedgerLimits = typeof ledgerLimits;
const fencePauseMs = 100;
const blockedMs = 1_500;

/**
 * Group commit with warm balances: all commands that wait on a tenant are decided on cached accounts and written as one batch,
 * whose number is the compare-and-swap between nodes. What is cached moves only by what was acknowledged. A key that was used before
 * is refused by its index; only where that is to be expected are keys looked up first, and always before anything else is refused.
 */
@Injectable()
export class GroupedLedgerWriter extends LedgerWriter {
  private readonly lanes = new Map<string, LedgerLane>();
  private readonly queue: GroupCommit<Submitted, Posted>;
  private readonly accounts: LRUCache<string, Account>;
  private readonly node = newNodeId();

  constructor(
    private readonly store: LedgerStore,
    private readonly keys: Keys,
    private readonly clock: Clock,
    @Optional() private readonly limits: LedgerLimits = ledgerLimits,
    @Optional() private readonly news?: LedgerNews,
  ) {
    super();
    this.queue = new GroupCommit((tenantId, batch) => this.settle(this.lane(tenantId), batch), limits);
    this.accounts = new LRUCache({ max: limits.cachedAccounts });
  }

  async post(given: LedgerCommand, { with: others }: PostOptions = {}): Promise<Posted> {
    const command = { ...given, memo: normaliseMemo(given.memo), meta: normaliseMeta(given.meta) };
    const requestHash = command.requestHash ?? hashOf(command);
    const lane = this.lane(command.tenantId);
    const key = command.key ?? newNodeId() + randomBytes(9).toString('base64url');
    const running = lane.inFlight.get(key);
    if (running) {
      if (running.requestHash !== requestHash) throw new KeyReused();
      return { ...(await running.posted), replayed: true };
    }
    const until = performance.now() + this.limits.patienceMs;
    const submitted: Submitted = { command, key, requestHash, until, ...(others && { with: others }) };
    const settled = this.queue.submit(command.tenantId, submitted).finally(() => lane.inFlight.delete(key));
    const posted = this.patiently(submitted, settled);
    lane.inFlight.set(key, { requestHash, posted });
    return posted;
  }

  /** Whoever waits is told within a bounded time; the lane goes on until it knows. */
  private async patiently(submitted: Submitted, settled: Promise<Posted>): Promise<Posted> {
    let timer: NodeJS.Timeout | undefined;
    const impatience = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        submitted.until = -Infinity;
        reject(untold(submitted));
      }, this.limits.patienceMs);
    });
    try {
      return await Promise.race([settled, impatience]);
    } finally {
      clearTimeout(timer);
      // It may still fail, and nobody listens.
      settled.catch(() => {});
    }
  }

  /** What brings other documents commits alone, so that no other command's fate hangs on them. */
  private async settle(lane: LedgerLane, batch: readonly Submitted[]): Promise<Answer[]> {
    const answers = new Map<Submitted, Answer>();
    for (const group of groupsOf(batch)) {
      try {
        for (const [submitted, answer] of await this.settleGroup(lane, group)) answers.set(submitted, answer);
      } catch (error) {
        for (const submitted of group) answers.set(submitted, { ok: false, error: unavailable(error) });
      }
    }
    return batch.map((submitted) => answers.get(submitted) ?? { ok: false, error: untold(submitted) });
  }

  private async settleGroup(lane: LedgerLane, group: readonly Submitted[]): Promise<Map<Submitted, Answer>> {
    // What brings other documents is alone in its group.
    const others = group[0]?.with;
    await lane.rivals.letPass();
    for (;;) {
      const waiting = group.filter(isAwaited);
      const looksUp = lane.expectsReplays() || others !== undefined;
      const { draft, answers } = await this.decide(lane, waiting, looksUp);
      if (!looksUp && [...answers.values()].some(({ ok }) => !ok)) {
        // What is refused now may be a request that was granted before.
        lane.expectReplays();
        continue;
      }
      if (draft.entries.length === 0) {
        // Nothing will be written, so nothing has proved that what a refusal was decided on still holds.
        if ([...answers.values()].every(({ ok }) => ok) || (await lane.isCurrent())) return answers;
        continue;
      }
      // Whoever gave up while this was decided may have been told that nothing was begun.
      if (!waiting.every(isAwaited)) continue;
      for (const submitted of waiting) submitted.begun = true;
      const batch = this.batchOf(lane, draft, others);
      const began = performance.now();
      if (await this.write(lane, batch)) {
        lane.commitMs = 0.8 * lane.commitMs + 0.2 * (performance.now() - began);
        lane.adopt(batch);
        this.news?.tell(lane.tenantId);
        return answers;
      }
      await pause(Math.random() * lane.commitMs);
      await lane.isCurrent();
    }
  }

  private async decide(
    lane: LedgerLane,
    group: readonly Submitted[],
    looksUp: boolean,
  ): Promise<{ draft: BatchDraft; answers: Map<Submitted, Answer> }> {
    const tenantId = lane.tenantId;
    const { seq: known } = await lane.known();
    const given = looksUp ? group.flatMap(({ command, key }) => (command.key === undefined ? [] : [key])) : [];
    // What is looked up here stands as of `known` at the least; whether it still does, the head of the accounts tells.
    const [used, { byNumber, head, accounts }] = await Promise.all([this.store.used(tenantId, given), this.grounds(lane, group)]);
    // Another node may have used a key or reversed an entry meanwhile.
    if (head.seq !== known) return this.decide(lane, group, looksUp);
    if (used.length > 0) lane.expectReplays();
    const at = new Date(Math.max(this.clock.now().getTime(), head.at.getTime()));
    const draft = new BatchDraft({ head, at, accounts, referred: byNumber, used: new Map(used.map((entry) => [entry.key, entry])) });
    return { draft, answers: new Map(group.map((submitted) => [submitted, answerTo(submitted, draft)])) };
  }

  /** The entries that the commands refer to, and then the accounts that they move. */
  private async grounds(lane: LedgerLane, group: readonly Submitted[]) {
    const numbers = group.flatMap(({ command }) => refersTo(command) ?? []);
    const referred = await this.store.referred(lane.tenantId, [...new Set(numbers)]);
    const byNumber = new Map(referred.map((found) => [found.entry.n, found]));
    const wanted = group.flatMap(({ command }) => accountsOf(command, byNumber.get(refersTo(command) ?? 0)?.entry));
    return { byNumber, ...(await lane.ground([...new Set(wanted)])) };
  }

  private batchOf(lane: LedgerLane, draft: BatchDraft, others: PostOptions['with']): LedgerBatch {
    const { hash: prevHash = '', n = 0 } = lane.head ?? {};
    const { entries, accounts } = draft;
    const chain = { tenantId: lane.tenantId, node: this.node, nonce: newNodeId(), prevHash };
    const header: Unsealed = { ...draft.head, ...chain, firstNumber: n + 1, count: entries.length };
    const written = accounts.map((after) => ({ after, seqBefore: draft.seqBefore(after.account) }));
    const [first] = entries;
    const hash = seal(this.keys.of('ledger'), header, entries);
    return {
      header: { ...header, hash },
      entries,
      accounts: written,
      ...(others && first && { with: apart(others, first) }),
    };
  }

  /**
   * True when the batch was applied, false when it certainly was not. While an attempt is open no read can settle it, so the very
   * same batch is sent until it is acknowledged or its number turns out to be taken; then the nonce tells whose it is.
   */
  private async write(lane: LedgerLane, batch: LedgerBatch): Promise<boolean> {
    const { tenantId, seq, nonce } = batch.header;
    for (let open = false; ;) {
      let isDuplicate = false;
      try {
        await this.store.commit(batch);
        return true;
      } catch (error) {
        isDuplicate = error instanceof NotUnique;
        if (error instanceof OutcomeOpen) open = true;
        else if (error instanceof OthersFailed) return this.isOwn(lane, batch, error, open);
        else if (!open && !(isDuplicate || error instanceof RolledBack)) throw error;
      }
      const found = await this.nonceAt(tenantId, seq, open);
      if (found === undefined && isDuplicate) {
        // The number is free: it is a key that was there already, nobody stands in the way, and to send the batch again is in vain.
        lane.expectReplays();
        return open && (await this.settledNonce(tenantId, seq)) === nonce;
      }
      if (found !== nonce && !open) lane.rivals.meet();
      if (found !== undefined) {
        delete lane.blockedSince;
        return found === nonce;
      }
      await this.breakInIfBlocked(lane);
      if (!open) return false;
      await pause(fencePauseMs);
    }
  }

  /**
   * Its own batch may be what stood in the way, or another node's, perhaps with the same request; else the error is the caller's own.
   * As the batch could not be sent again for ever, an attempt that is still open is put to an end.
   */
  private async isOwn(lane: LedgerLane, { header }: LedgerBatch, { cause }: OthersFailed, open: boolean): Promise<boolean> {
    if (open && (await this.settledNonce(lane.tenantId, header.seq)) === header.nonce) return true;
    if (await lane.isCurrent()) throw cause;
    return false;
  }

  private async settledNonce(tenantId: string, seq: number): Promise<string | undefined> {
    for (;;) {
      try {
        await this.store.abandon(tenantId);
        return await this.store.nonceAt(tenantId, seq);
      } catch {
        await pause(fencePauseMs);
      }
    }
  }

  /** A node that was stopped in mid-transaction holds the number of the next batch; nobody else's batch can take its place. */
  private async breakInIfBlocked(lane: LedgerLane): Promise<void> {
    lane.blockedSince ??= performance.now();
    if (performance.now() - lane.blockedSince < blockedMs) return;
    await this.store.breakIn(lane.tenantId).catch(() => {});
    lane.blockedSince = performance.now();
  }

  /** While an attempt is open, no error of a read may end the wait for it. */
  private async nonceAt(tenantId: string, seq: number, open: boolean): Promise<string | undefined> {
    for (;;) {
      try {
        return await this.store.nonceAt(tenantId, seq);
      } catch (error) {
        if (!open && !isUnreachable(error)) throw error;
        await pause(fencePauseMs);
      }
    }
  }

  private lane(tenantId: string): LedgerLane {
    const known = this.lanes.get(tenantId);
    if (known) return known;
    const lane = new LedgerLane(tenantId, new AccountCache(tenantId, this.accounts), this.store);
    this.lanes.set(tenantId, lane);
    return lane;
  }
}

/**
 * For whom the time is over. That no try of this node had an effect may be known; but the same request may have been sent to the node that
 * stood in the way, and may succeed there.
 */
const untold = ({ begun }: Submitted): Error => (begun ? new PostingUnknown() : new LedgerBusy());

/** By the clock: in a process that was stopped for a while, timers come late. */
const isAwaited = ({ until }: Submitted): boolean => performance.now() < until;

function groupsOf(batch: readonly Submitted[]): (readonly Submitted[])[] {
  const alone = batch.filter((submitted) => submitted.with);
  const together = batch.filter((submitted) => !submitted.with);
  return [...(together.length > 0 ? [together] : []), ...alone.map((submitted) => [submitted])];
}

/** A command that fails, be it by a bug of its caller, fails alone: a draft keeps nothing of it. */
function answerTo(submitted: Submitted, draft: BatchDraft): Answer {
  try {
    return { ok: true, value: draft.decide(submitted) };
  } catch (error) {
    return { ok: false, error: error as Error };
  }
}

const unavailable = (error: unknown): Error =>
  isUnreachable(error) || error instanceof RolledBack ? new DatabaseUnavailable(error, 'none') : (error as Error);

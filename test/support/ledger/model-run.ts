import fc from 'fast-check';
import { GroupedLedgerWriter, ledgerLimits } from '../../../src/ledger/grouped-ledger-writer.js';
import type { AccountKey, LedgerCommand, Move, Posted } from '../../../src/ledger/ledger.js';
import type { LedgerStore } from '../../../src/ledger/ledger-store.js';
import { FakeClock } from '../clock.js';
import { type Books, ledgerKeys } from './bench.js';
import { type Commands, commandsOf, credits } from './commands.js';
import { FaultyLedgerStore, type StoreFault, storeFaults } from './faulty-ledger-store.js';
import { bodyOf, type Paper, post } from './model.js';

/** A request before it is known which entries there will be; `pick` chooses among those. */
interface Ask {
  readonly does: (typeof kinds)[number];
  readonly node: 0 | 1;
  readonly who: string;
  readonly whom: string;
  readonly amount: number;
  readonly isWhole: boolean;
  readonly pick: number;
  /** Sent at the same moment as the one before it. */
  readonly isAtOnce: boolean;
  /** Since the one before it. */
  readonly minutes: number;
  /** What befalls the next commits of the node. */
  readonly faults: readonly StoreFault[];
}
export interface Run {
  readonly asks: readonly Ask[];
  /** How many turns of the event loop the calls of a node wait, in rotation, so that nodes meet in other ways each time. */
  readonly turns: readonly number[];
}

const kinds = ['grant', 'spend', 'transfer', 'share', 'hold', 'commit', 'void', 'expire', 'reverse', 'again', 'reuse'] as const;
const owners = ['ann', 'bob', 'cid', 'dan'];
const everybody: readonly AccountKey[] = [...owners, '@issuance', '@revenue', '@store'].map(credits);
const strange = [0, 1.5, NaN, 2 ** 53, Number.MAX_SAFE_INTEGER];
const ask: fc.Arbitrary<Ask> = fc.record({
  does: fc.constantFrom('grant', 'hold', 'hold', 'spend', 'commit', ...kinds),
  node: fc.constantFrom<0 | 1>(0, 1),
  who: fc.constantFrom(...owners),
  whom: fc.constantFrom(...owners),
  amount: fc.oneof({ weight: 30, arbitrary: fc.integer({ min: 1, max: 20 }) }, fc.constantFrom(...strange)),
  isWhole: fc.boolean(),
  pick: fc.nat(999),
  isAtOnce: fc.constantFrom(false, false, true),
  minutes: fc.constantFrom(0, 0, 0, 0, 0, 0, 20, 90),
  faults: fc.oneof({ weight: 6, arbitrary: fc.constant([]) }, fc.array(fc.constantFrom(...storeFaults), { minLength: 1, maxLength: 2 })),
});
export const runs: fc.Arbitrary<Run> = fc.record({
  asks: fc.array(ask, { minLength: 50, maxLength: 50 }),
  turns: fc.array(fc.nat(3), { minLength: 7, maxLength: 7 }),
});

interface Sent {
  readonly command: LedgerCommand;
  readonly answer: string;
}

/** The real writer on two nodes, another node that overtakes them, and the paper on which the same must be found. */
class World {
  readonly clock = new FakeClock();
  private readonly commands: Commands;
  private readonly nodes: readonly { readonly writer: GroupedLedgerWriter; readonly store: FaultyLedgerStore }[];
  private readonly foreign: GroupedLedgerWriter;
  private readonly books: LedgerStore;
  private paper: Paper = { rows: [], balances: {} };
  private readonly known: LedgerCommand[] = [];
  private overtaking: { readonly command: LedgerCommand; readonly answer: Promise<string> }[] = [];

  constructor(
    private readonly tenantId: string,
    books: Books,
    turns: readonly number[],
  ) {
    this.commands = commandsOf(tenantId);
    this.books = books.connect();
    this.foreign = this.writer(books.connect());
    this.nodes = [0, 1].map((index) => {
      let calls = index;
      const store = new FaultyLedgerStore(books.connect(), books.connect(), () => turns[++calls % turns.length] ?? 0);
      store.overtake = () => this.overtake();
      return { store, writer: this.writer(store) };
    });
  }

  /** @throws where what happened could not have happened on paper, one request after the other */
  async take(asks: readonly Ask[]): Promise<void> {
    this.clock.advance((asks[0]?.minutes ?? 0) * 60_000);
    for (const { node, faults } of asks) this.nodes[node]?.store.faults.push(...faults);
    this.overtaking = [];
    const [one = [], other = []] = await Promise.all(this.send(asks).map((lane) => Promise.all(lane.map(settled))));
    // Only now it is known who was overtaken.
    const foreign = await Promise.all(this.overtaking.map(settled));
    const sequences = [apartFromJoined(one), apartFromJoined(other), foreign];
    const explained = explain(this.paper, sequences, this.clock.now().getTime());
    if (!explained) throw new Error(`In no order: ${sequences.map((sequence) => sequence.map(told).join('; ')).join(' | ')}`);
    this.paper = explained;
    await this.compare();
  }

  private async compare(): Promise<void> {
    const { head, accounts } = await this.books.accounts(this.tenantId, everybody);
    const found = accounts.map(({ account, available, held, holds }) => {
      return { account, available, held, holds: holds.map(({ n, amount, expiresAt }) => [n, amount, expiresAt.getTime()]) };
    });
    const { rows, balances } = this.paper;
    const wanted = everybody.map((account) => {
      const open = rows.flatMap((row, index) =>
        row.open?.account === account ? [[index + 1, row.open.amount, row.open.expiresAt.getTime()]] : [],
      );
      return { account, available: balances[`${account}/available`] ?? 0, held: balances[`${account}/held`] ?? 0, holds: open };
    });
    const [is, should] = [JSON.stringify({ n: head.n, accounts: found }), JSON.stringify({ n: rows.length, accounts: wanted })];
    if (is !== should) throw new Error(`The books say ${is}, and not ${should}`);
  }

  /** All in one go: nobody is answered before the last one is sent. */
  private send(asks: readonly Ask[]) {
    const lanes: { command: LedgerCommand; answer: Promise<string> }[][] = [[], []];
    const commands = asks.map((asked) => {
      const command = this.commandFor(asked);
      this.known.push(command);
      return [asked.node, command] as const;
    });
    for (const [node, command] of commands) {
      const { writer } = this.nodes[node] as (typeof this.nodes)[number];
      lanes[node]?.push({ command, answer: answerOf(writer.post(command)) });
    }
    return lanes;
  }

  private async overtake(): Promise<void> {
    const command = this.commands.grant('ann', 1, { key: `foreign${this.known.length}.${this.overtaking.length}` });
    const answer = answerOf(this.foreign.post(command));
    this.overtaking.push({ command, answer });
    await answer;
  }

  private writer(store: LedgerStore): GroupedLedgerWriter {
    return new GroupedLedgerWriter(store, ledgerKeys, this.clock, { ...ledgerLimits, gatherMs: 0, cachedAccounts: 4 });
  }

  private commandFor({ does, who, whom, amount, isWhole, pick }: Ask): LedgerCommand {
    const { commands, known } = this;
    // Now and then without a key.
    const more = { memo: `${pick}`, ...(pick % 10 > 0 && { key: `k${known.length}` }) };
    const earlier = known[pick % Math.max(1, known.length)];
    const part = isWhole ? undefined : amount;
    const expiresAt = new Date(this.clock.now().getTime() + (1 + (pick % 3)) * 30 * 60_000);
    if (does === 'again' && earlier) return earlier;
    if (does === 'reuse' && earlier) return { ...earlier, memo: 'another request' };
    if (does === 'spend') return commands.spend(who, amount, more);
    if (does === 'transfer') return commands.transfer(who, whom, amount, more);
    if (does === 'share') return commands.move(shared(who, whom, amount), { ...more, kind: 'purchase' });
    if (does === 'hold') return commands.hold(who, amount, expiresAt, more);
    if (does === 'commit') return commands.commit(this.holdFor(pick), part, more);
    if (does === 'void') return commands.cancel(this.holdFor(pick), more);
    if (does === 'expire') return commands.expire(this.holdFor(pick), more);
    if (does === 'reverse') return commands.reverse(this.entryFor(pick), part, more);
    // Most is given, so that most of the rest is paid for; the largest amount would leave no room for others.
    return commands.grant(who, amount > 2 ** 40 && Number.isSafeInteger(amount) ? 1_000 : amount * 5, more);
  }

  /** Most of the time one that is open, or was; now and then any entry, or none. */
  private holdFor(pick: number): number {
    const holds = this.paper.rows.flatMap(({ command: { kind } }, index) => (kind === 'hold' ? [index + 1] : []));
    const open = holds.filter((n) => this.paper.rows[n - 1]?.open);
    const some = pick % 4 > 0 && open.length > 0 ? open : holds;
    return (pick % 11 > 0 && some[pick % some.length]) || this.entryFor(pick);
  }
  /** A number that does not exist never will: nobody can know the one that an entry gets which is still under way. */
  private entryFor(pick: number): number {
    const { length } = this.paper.rows;
    return pick % 13 === 0 || length === 0 ? 1_000_000 : 1 + (pick % length);
  }
}

const shared = (who: string, whom: string, amount: number): Move => ({
  type: 'legs',
  legs: [
    { account: credits(whom), bucket: 'available', delta: amount },
    { account: credits('@store'), bucket: 'available', delta: 1 },
    { account: credits(who), bucket: 'available', delta: -amount - 1 },
  ],
});

const settled = async ({ command, answer }: { command: LedgerCommand; answer: Promise<string> }): Promise<Sent> => {
  return { command, answer: await answer };
};
const told = ({ command, answer }: Sent): string => `${command.key} ${bodyOf(command)} -> ${answer}`;

/** In the words of the paper. */
async function answerOf(posted: Promise<Posted>): Promise<string> {
  try {
    const { entry, replayed } = await posted;
    const buckets = new Map<string, readonly [delta: number, balance: number]>();
    for (const { account, bucket, delta, balanceAfter } of entry.postings) {
      const [before] = buckets.get(`${account}/${bucket}`) ?? [0];
      buckets.set(`${account}/${bucket}`, [before + delta, balanceAfter]);
    }
    const lines = [...buckets].map(([bucket, [delta, balance]]) => `${bucket} ${delta} = ${balance}`);
    return `${replayed ? 'replayed' : 'posted'} ${entry.n}: ${lines.sort().join(', ')}`;
  } catch (error) {
    return (error as Error).name;
  }
}

/**
 * Without those that found their key in flight on their own node: they have no place in the order, but share the fate of the
 * first one, or are told that the key is another's.
 */
function apartFromJoined(lane: readonly Sent[]): readonly Sent[] {
  const first = new Map<string, Sent>();
  return lane.filter((sent) => {
    const { command, answer } = sent;
    const running = command.key === undefined ? undefined : first.get(command.key);
    if (!running) {
      if (command.key !== undefined) first.set(command.key, sent);
      return true;
    }
    const isSame = bodyOf(command) === bodyOf(running.command);
    const wanted = isSame ? running.answer.replace(/^posted/, 'replayed') : 'KeyReused';
    if (answer !== wanted) throw new Error(`${command.key} was answered with ${answer}, and not with ${wanted}`);
    return false;
  });
}

/** The paper after some order of the requests that gives all their answers; each node's keep the order in which they were sent. */
function explain(paper: Paper, sequences: readonly (readonly Sent[])[], now: number): Paper | undefined {
  const open = sequences.filter((sequence) => sequence.length > 0);
  if (open.length === 0) return paper;
  for (const sequence of open) {
    const [next, ...rest] = sequence as [Sent, ...Sent[]];
    const copy: Paper = { rows: paper.rows.map((row) => ({ ...row })), balances: { ...paper.balances } };
    if (post(copy, next.command, now) !== next.answer) continue;
    const explained = explain(
      copy,
      open.map((other) => (other === sequence ? rest : other)),
      now,
    );
    if (explained) return explained;
  }
  return undefined;
}

let tenants = 0;
/** Plays the run in a tenant of its own, whose id it returns. @throws where the writer and the paper differ */
export async function play({ asks, turns }: Run, books: Books): Promise<string> {
  const tenantId = `tenant${++tenants}`;
  const world = new World(tenantId, books, turns);
  let together: Ask[] = [];
  for (const [index, asked] of asks.entries()) {
    together.push(asked);
    if (asks[index + 1]?.isAtOnce) continue;
    await world.take(together);
    together = [];
  }
  return tenantId;
}

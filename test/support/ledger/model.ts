import type { LedgerCommand, Move } from '../../../src/ledger/ledger.js';
type Sums = Record<string, number>;
type Of<Type> = Extract<Move, { type: Type }>;
type Row = { command: LedgerCommand; nets: Sums; told: string; open?: Of<'hold'>; reversed: number };
/** A ledger as one would keep it on paper: every entry, with the hold that it left open, and what is in each bucket. */
export type Paper = { rows: Row[]; balances: Sums };
type Plan = string | { deltas: Sums; open?: Of<'hold'>; closes?: Row; undoes?: Row };
export const bodyOf = ({ kind, memo, meta, move }: LedgerCommand): string => JSON.stringify([kind, memo, meta, move]);
const isBad = (amount: number): boolean => !Number.isSafeInteger(amount) || amount <= 0;
const gainIn = (nets: Sums): number => Object.values(nets).reduce((sum, net) => sum + Math.max(0, net), 0);
const held = ({ account }: Of<'hold'>, amount: number): Sums => ({ [`${account}/available`]: -amount, [`${account}/held`]: amount });

/** Posts on paper. Answers `posted <n>: <what each bucket got and has>`, the same with `replayed`, or the name of a refusal. */
export function post({ rows, balances }: Paper, command: LedgerCommand, now: number): string {
  const old = command.key !== undefined && rows.find((row) => row.command.key === command.key);
  if (old) return bodyOf(old.command) === bodyOf(command) ? `replayed ${old.told}` : 'KeyReused';
  const plan = planOf(rows, command.move, now);
  if (typeof plan === 'string') return plan;
  const [after, nets, lines]: [Sums, Sums, string[]] = [{}, {}, []];
  for (const [bucket, delta] of Object.entries(plan.deltas)) {
    const [account, balance] = [bucket.split('/')[0] ?? '', (balances[bucket] ?? 0) + delta];
    if (balance < 0 && delta < 0 && !account.startsWith('@')) return 'InsufficientCredits';
    [after[bucket], nets[account], lines[lines.length]] = [balance, (nets[account] ?? 0) + delta, `${bucket} ${delta} = ${balance}`];
  }
  Object.assign(balances, after);
  delete plan.closes?.open;
  if (plan.undoes) plan.undoes.reversed += gainIn(nets);
  const told = `${rows.length + 1}: ${lines.sort().join(', ')}`;
  rows.push({ command, nets, told, reversed: 0, ...(plan.open && { open: plan.open }) });
  return `posted ${told}`;
}

function planOf(rows: readonly Row[], move: Move, now: number): Plan {
  if (move.type === 'hold') return isBad(move.amount) ? 'BadAmount' : { deltas: held(move, move.amount), open: move };
  if (move.type !== 'legs') return move.type === 'reverse' ? reversal(rows[move.of - 1], move) : closing(rows[move.hold - 1], move, now);
  const deltas = Object.fromEntries(move.legs.map(({ account, delta }) => [`${account}/available`, delta]));
  if (move.legs.some(({ delta }) => isBad(Math.abs(delta)))) return 'BadAmount';
  return Object.keys(deltas).length < move.legs.length ? 'SelfTransfer' : { deltas };
}

function closing(row: Row | undefined, move: Of<'commit'> | Of<'release'>, now: number): Plan {
  if (row?.command.kind !== 'hold') return 'TransactionNotFound';
  const isLate = row.open !== undefined && row.open.expiresAt.getTime() <= now;
  if (!row.open || (move.type === 'commit' ? isLate : move.because === 'expiry' && !isLate)) return 'HoldClosed';
  const back = held(row.open, -row.open.amount);
  if (move.type === 'release') return { deltas: back, closes: row };
  const { amount = row.open.amount, to } = move;
  if (isBad(amount) || amount > row.open.amount) return isBad(amount) ? 'BadAmount' : 'HoldExceeded';
  return { deltas: { ...back, [`${row.open.account}/available`]: row.open.amount - amount, [`${to}/available`]: amount }, closes: row };
}

function reversal(row: Row | undefined, { amount }: Of<'reverse'>): Plan {
  const [moved, nets] = [gainIn(row?.nets ?? {}), Object.entries(row?.nets ?? {}).filter(([, net]) => net !== 0)];
  if (!row || row.command.kind === 'reversal' || moved === 0) return row ? 'NotReversible' : 'TransactionNotFound';
  const asked = amount ?? moved - row.reversed;
  if (amount !== undefined && isBad(amount)) return 'BadAmount';
  if (asked > moved - row.reversed || asked === 0) return 'ReversalExceeded';
  if (nets.length > 2 && asked < moved) return 'NotReversible';
  return { deltas: Object.fromEntries(nets.map(([name, net]) => [`${name}/available`, (-net * asked) / moved])), undoes: row };
}

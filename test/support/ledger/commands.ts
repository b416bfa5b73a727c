import type { AccountKey, LedgerCommand, Move } from '../../../src/ledger/ledger.js';

type More = Partial<Omit<LedgerCommand, 'tenantId' | 'move'>>;

export const credits = (owner: string): AccountKey => `${owner}:CREDIT` as AccountKey;

export const legs = (from: AccountKey, to: AccountKey, amount: number): Move => ({
  type: 'legs',
  legs: [
    { account: from, bucket: 'available', delta: -amount },
    { account: to, bucket: 'available', delta: amount },
  ],
});

const inAnHour = new Date('2026-01-01T01:00:00.000Z');

/** Commands of one tenant, spelled out, so that no suite leans on how the product makes them. */
export function commandsOf(tenantId: string) {
  const command = (kind: LedgerCommand['kind'], move: Move, more: More): LedgerCommand => ({ tenantId, kind, memo: '', move, ...more });
  return {
    grant: (to: string, amount: number, more: More = {}) => command('grant', legs(credits('@issuance'), credits(to), amount), more),
    spend: (by: string, amount: number, more: More = {}) => command('spend', legs(credits(by), credits('@revenue'), amount), more),
    transfer: (from: string, to: string, amount: number, more: More = {}) =>
      command('transfer', legs(credits(from), credits(to), amount), more),
    move: (move: Move, more: More = {}) => command('transfer', move, more),
    hold: (by: string, amount: number, expiresAt = inAnHour, more: More = {}) =>
      command('hold', { type: 'hold', account: credits(by), amount, expiresAt }, more),
    commit: (hold: number, amount?: number, more: More = {}, to = credits('@revenue')) =>
      command('hold_commit', { type: 'commit', hold, to, ...(amount !== undefined && { amount }) }, more),
    cancel: (hold: number, more: More = {}) => command('hold_void', { type: 'release', hold, because: 'void' }, more),
    expire: (hold: number, more: More = {}) => command('hold_expiry', { type: 'release', hold, because: 'expiry' }, more),
    reverse: (of: number, amount?: number, more: More = {}) =>
      command('reversal', { type: 'reverse', of, ...(amount !== undefined && { amount }) }, more),
  };
}
export type Commands = ReturnType<typeof commandsOf>;

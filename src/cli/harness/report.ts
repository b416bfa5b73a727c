import type { BookEntry } from '../../sandbox/engine/books.js';
import type { ProviderName } from '../../sandbox/engine/settings.js';
import { figure } from '../progress.js';
import type { Finding } from './finding.js';
import { grouped } from './grouped.js';
import { type AskedOnce, isAcknowledged } from './history.js';
import type { OwnPayment } from './own-books.js';
import { type Counts, injectedFaults, injectedNews } from './sandbox-client.js';

interface Outcome {
  readonly seed: number;
  readonly count: number;
  readonly faults: Readonly<Record<ProviderName, Counts>>;
  readonly kills: Counts;
  readonly books: readonly BookEntry[];
  readonly payments: readonly OwnPayment[];
  readonly history: readonly AskedOnce[];
  readonly tally: { readonly resent: number; readonly confirmed: number; readonly unavailable: number };
  /** Answers that no client should ever get. */
  readonly unexpected: readonly string[];
  readonly restedMs: number;
  readonly findings: readonly Finding[];
}

export interface HarnessReport {
  readonly isWell: boolean;
  readonly seed: number;
  readonly payments: number;
  readonly endStates: Counts;
  /** By provider; what is injected, and of which nothing was met, is 0. */
  readonly faults: Readonly<Record<string, Counts>>;
  readonly kills: Counts;
  readonly requests: Counts;
  /** In the providers' books. */
  readonly movements: Counts;
  /** Milliseconds until nothing was on its way any more, with all faults over. */
  readonly restedMs: number;
  readonly findings: readonly Finding[];
  readonly unexpected: readonly string[];
  /** What should have happened in the run, and has not. */
  readonly missed: readonly string[];
}

export function reportOf(outcome: Outcome): HarnessReport {
  const { seed, payments, books, kills, history, tally, restedMs, findings, unexpected } = outcome;
  const injected = [...injectedFaults, ...injectedNews];
  const faults = Object.fromEntries(
    Object.entries(outcome.faults).map(([name, counts]) => [name, Object.fromEntries(injected.map((kind) => [kind, counts[kind] ?? 0]))]),
  );
  const isMet = (kind: string) => Object.values(faults).some((counts) => (counts[kind] ?? 0) > 0);
  const missed = [
    ...injected.filter((kind) => !isMet(kind)),
    ...Object.keys(kills).filter((name) => kills[name] === 0),
    ...(payments.length < outcome.count / 2 ? ['payments'] : []),
  ];
  const acknowledged = history.filter(isAcknowledged).length;
  return {
    isWell: findings.length === 0 && unexpected.length === 0 && missed.length === 0,
    seed,
    payments: payments.length,
    endStates: counted(payments.map(({ state }) => state)),
    faults,
    kills,
    requests: { acknowledged, refused: history.length - acknowledged, ...tally },
    movements: counted(books.flatMap(({ movements }) => movements.map(({ kind }) => kind))),
    restedMs,
    findings,
    unexpected,
    missed,
  };
}

function counted(words: readonly string[]): Counts {
  const groups = [...grouped(words, (word) => word)].map(([word, { length }]) => [word, length] as const);
  return Object.fromEntries(groups.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

const mostShown = 50;
const list = (counts: Counts): string =>
  Object.entries(counts)
    .map(([what, times]) => `${what} ${figure(times)}`)
    .join(', ');

/** As people read it. */
export function linesOf(report: HarnessReport): string[] {
  const { findings, unexpected, missed, faults } = report;
  const bad = [
    ...findings.map(({ kind, about, detail }) => `BAD ${kind} ${about}: ${detail}`),
    ...unexpected.map((what) => `BAD answer ${what}`),
    ...missed.map((what) => `MISSED ${what} has never happened`),
  ];
  return [
    `${figure(report.payments)} payments, seed ${report.seed}: ${list(report.endStates)}`,
    ...Object.entries(faults).map(([name, counts]) => `faults of ${name}: ${list(counts)}`),
    `kills: ${list(report.kills)}`,
    `requests: ${list(report.requests)}`,
    `in the providers' books: ${list(report.movements)}`,
    `at rest ${(report.restedMs / 1000).toFixed(1)} s after the last fault`,
    ...bad.slice(0, mostShown),
    ...(bad.length > mostShown ? [`... and ${figure(bad.length - mostShown)} more`] : []),
    `${figure(findings.length)} differences (${list(counted(findings.map(({ kind }) => kind))) || 'none'})`,
  ];
}

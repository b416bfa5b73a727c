import type { DeclineCategory } from '../providers/decline.js';
import type { Outcome } from '../providers/payment-provider.js';

/**
 * What is known of one provider and method: whether it works at all. Times are milliseconds since the epoch. Closed, it counts within
 * a window; open, nothing is sent until its time; half open, one payment at a time shows whether it works again.
 */
export type Circuit =
  | { readonly state: 'closed'; readonly since: number; readonly answered: number; readonly failed: number }
  | { readonly state: 'open'; readonly until: number; readonly waitMs: number }
  | { readonly state: 'half_open'; readonly answered: number; readonly probeUntil: number; readonly waitMs: number };
/** What routing makes of it. */
export type CircuitPhase = Circuit['state'];
/** A payment is sent; it was answered, whatever the answer; the provider failed. */
export type CircuitEvent = 'sent' | 'answered' | 'failed';

const windowMs = 30_000;
const leastFailures = 5;
const leastFailedShare = 0.5;
const firstWaitMs = 15_000;
const longestWaitMs = 300_000;
const probesToClose = 3;
/** After this another payment may try: the one that should have told was lost. */
const probeMs = 60_000;

/** The provider's own failures. A refusal of the customer's bank shows that everything works. */
const ownFailures: ReadonlySet<DeclineCategory> = new Set(['provider_unavailable', 'rate_limited']);

export const eventOf = (outcome: Outcome): CircuitEvent =>
  outcome.outcome === 'unknown' || (outcome.outcome === 'none' && ownFailures.has(outcome.decline.category)) ? 'failed' : 'answered';

export const closedAt = (now: number): Circuit => ({ state: 'closed', since: now, answered: 0, failed: 0 });
const openFor = (waitMs: number, now: number): Circuit => ({ state: 'open', until: now + waitMs, waitMs });

/** Whether a payment may be sent now: while one tries a circuit that is half open, it is open to all others. */
export function phaseAt(circuit: Circuit, now: number): CircuitPhase {
  if (circuit.state === 'open') return now < circuit.until ? 'open' : 'half_open';
  return circuit.state === 'half_open' && now < circuit.probeUntil ? 'open' : circuit.state;
}

export function next(circuit: Circuit, event: CircuitEvent, now: number): Circuit {
  if (circuit.state === 'closed') return event === 'sent' ? circuit : counted(circuit, event, now);
  if (circuit.state === 'half_open') return probed(circuit, event, now);
  // Answers to what was sent before it opened change nothing.
  if (event !== 'sent' || now < circuit.until) return circuit;
  return { state: 'half_open', answered: 0, probeUntil: now + probeMs, waitMs: circuit.waitMs };
}

function probed(circuit: Circuit & { state: 'half_open' }, event: CircuitEvent, now: number): Circuit {
  if (event === 'sent') return { ...circuit, probeUntil: now + probeMs };
  if (event === 'failed') return openFor(Math.min(circuit.waitMs * 2, longestWaitMs), now);
  const answered = circuit.answered + 1;
  return answered >= probesToClose ? closedAt(now) : { ...circuit, answered, probeUntil: now };
}

function counted(circuit: Circuit & { state: 'closed' }, event: 'answered' | 'failed', now: number): Circuit {
  const { since, answered, failed } = now - circuit.since < windowMs ? circuit : { since: now, answered: 0, failed: 0 };
  const counts = event === 'failed' ? { answered, failed: failed + 1 } : { answered: answered + 1, failed };
  const isBroken = counts.failed >= leastFailures && counts.failed >= leastFailedShare * (counts.answered + counts.failed);
  return isBroken ? openFor(firstWaitMs, now) : { state: 'closed', since, ...counts };
}

import { declineCategories } from '../providers/decline.js';
import { type Circuit, type CircuitEvent, closedAt, eventOf, next, phaseAt } from './circuit-breaker.js';

const now = 1_000_000;
const closed = { state: 'closed', since: now - 1_000, answered: 3, failed: 2 } as const;
const aboutToOpen = { state: 'closed', since: now - 1_000, answered: 5, failed: 4 } as const;
const mostlyFine = { state: 'closed', since: now - 1_000, answered: 6, failed: 4 } as const;
const ofLastWindow = { state: 'closed', since: now - 30_000, answered: 0, failed: 4 } as const;
const open = { state: 'open', until: now + 1, waitMs: 15_000 } as const;
const overdue = { state: 'open', until: now, waitMs: 15_000 } as const;
const idle = { state: 'half_open', answered: 1, probeUntil: now, waitMs: 15_000 } as const;
const probing = { state: 'half_open', answered: 1, probeUntil: now + 1, waitMs: 15_000 } as const;
const almostClosed = { state: 'half_open', answered: 2, probeUntil: now + 1, waitMs: 15_000 } as const;
const longOpened = { state: 'half_open', answered: 0, probeUntil: now + 1, waitMs: 200_000 } as const;

const opened = { state: 'open', until: now + 15_000, waitMs: 15_000 } as const;
const openedAgain = { state: 'open', until: now + 30_000, waitMs: 30_000 } as const;
const fresh = { state: 'closed', since: now, answered: 0, failed: 0 } as const;

/** Every state with every event. */
const table: readonly (readonly [name: string, event: CircuitEvent, from: Circuit, to: Circuit])[] = [
  ['closed', 'sent', closed, closed],
  ['closed', 'answered', closed, { ...closed, answered: 4 }],
  ['closed', 'failed', closed, { ...closed, failed: 3 }],
  ['closed, one failure short', 'sent', aboutToOpen, aboutToOpen],
  ['closed, one failure short', 'answered', aboutToOpen, { ...aboutToOpen, answered: 6 }],
  ['closed, one failure short', 'failed', aboutToOpen, opened],
  ['closed, with more answers than failures', 'sent', mostlyFine, mostlyFine],
  ['closed, with more answers than failures', 'answered', mostlyFine, { ...mostlyFine, answered: 7 }],
  ['closed, with more answers than failures', 'failed', mostlyFine, { ...mostlyFine, failed: 5 }],
  ['closed, counted in a window that is over', 'sent', ofLastWindow, ofLastWindow],
  ['closed, counted in a window that is over', 'answered', ofLastWindow, { ...fresh, answered: 1 }],
  ['closed, counted in a window that is over', 'failed', ofLastWindow, { ...fresh, failed: 1 }],
  ['open', 'sent', open, open],
  ['open', 'answered', open, open],
  ['open', 'failed', open, open],
  ['open, its time over', 'sent', overdue, { state: 'half_open', answered: 0, probeUntil: now + 60_000, waitMs: 15_000 }],
  ['open, its time over', 'answered', overdue, overdue],
  ['open, its time over', 'failed', overdue, overdue],
  ['half open', 'sent', idle, { ...idle, probeUntil: now + 60_000 }],
  ['half open', 'answered', idle, { ...idle, answered: 2 }],
  ['half open', 'failed', idle, openedAgain],
  ['half open, one trying', 'sent', probing, { ...probing, probeUntil: now + 60_000 }],
  ['half open, one trying', 'answered', probing, { ...probing, answered: 2, probeUntil: now }],
  ['half open, one trying', 'failed', probing, openedAgain],
  ['half open, the last one trying', 'sent', almostClosed, { ...almostClosed, probeUntil: now + 60_000 }],
  ['half open, the last one trying', 'answered', almostClosed, fresh],
  ['half open, the last one trying', 'failed', almostClosed, openedAgain],
  ['half open after a long wait', 'sent', longOpened, { ...longOpened, probeUntil: now + 60_000 }],
  ['half open after a long wait', 'answered', longOpened, { ...longOpened, answered: 1, probeUntil: now }],
  ['half open after a long wait', 'failed', longOpened, { state: 'open', until: now + 300_000, waitMs: 300_000 }],
];

it.each(table)('%s, %s', (_, event, from, to) => {
  expect(next(from, event, now)).toEqual(to);
  expect(JSON.parse(JSON.stringify(next(from, event, now)))).toEqual(to);
});

it('is asked about every state and event', () => {
  const states = new Set(table.map(([name]) => name));
  const events: readonly CircuitEvent[] = ['sent', 'answered', 'failed'];
  const pairs = [...states].flatMap((name) => events.map((event) => `${name}, ${event}`));
  expect(table.map(([name, event]) => `${name}, ${event}`)).toEqual(pairs);
  expect(new Set(table.map(([, , { state }]) => state))).toEqual(new Set(['closed', 'open', 'half_open']));
});

it.each([
  ['closed', 'closed', closed],
  ['open', 'open', open],
  ['open, its time over', 'half_open', overdue],
  ['half open', 'half_open', idle],
  ['half open, one trying', 'open', probing],
] as const)('%s, a payment finds it %s', (_, phase, circuit) => {
  expect(phaseAt(circuit, now)).toBe(phase);
});

it('opens, lets one try at a time, and closes', () => {
  let circuit = closedAt(0);
  for (let at = 0; at < 5; at++) circuit = next(circuit, 'failed', at);
  expect([phaseAt(circuit, 15_003), phaseAt(circuit, 15_004)]).toEqual(['open', 'half_open']);
  for (const at of [15_004, 15_010, 15_020]) {
    expect(phaseAt(circuit, at)).toBe('half_open');
    circuit = next(circuit, 'sent', at);
    expect(phaseAt(circuit, at + 1)).toBe('open');
    circuit = next(circuit, 'answered', at + 2);
  }
  expect(circuit).toEqual({ state: 'closed', since: 15_022, answered: 0, failed: 0 });
});

it('lets another try where the one that should have told was lost', () => {
  const trying = next({ state: 'open', until: 0, waitMs: 15_000 }, 'sent', 0);
  expect([phaseAt(trying, 59_999), phaseAt(trying, 60_000)]).toEqual(['open', 'half_open']);
});

describe('an outcome', () => {
  const failures = declineCategories.filter(
    (category) => eventOf({ outcome: 'none', decline: { category, code: 'c', message: 'm' } }) === 'failed',
  );

  it('is a failure of the provider where the provider could not, never where the customer may not', () => {
    expect(failures).toEqual(['provider_unavailable', 'rate_limited']);
  });

  it('that is unknown is one too', () => {
    expect(eventOf({ outcome: 'unknown', because: 'timeout' })).toBe('failed');
  });

  it('that was applied is an answer', () => {
    const payment = {
      providerId: 'p',
      reference: 'r',
      state: 'authorized',
      currency: 'EUR',
      authorizedMinor: 1,
      capturedMinor: 0,
      refundedMinor: 0,
      refunds: [],
    } as const;
    expect(eventOf({ outcome: 'applied', payment })).toBe('answered');
  });
});

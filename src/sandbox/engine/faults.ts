import type { Engine } from './engine.js';
import type { Fault, FaultKind, OperationName } from './settings.js';
import type { Amount } from './wire.js';

const moving: readonly OperationName[] = ['create', 'authorize', 'capture', 'refund'];
/** Where a fault means something; one that is not here may meet every request. */
const where: Partial<Record<FaultKind, readonly OperationName[]>> = {
  wrong_amount: moving,
  wrong_currency: ['create', 'authorize'],
  conflict: ['create', 'authorize', 'capture', 'void', 'refund'],
};

/** The fault that a request meets, if any: the first of the list that applies and, where it has a share, is drawn. */
export function drawFault(engine: Engine, operation: OperationName, reference: string): FaultKind | null {
  const { faults } = engine.settings();
  if (faults.length === 0) return null;
  return engine.store.transact(() => {
    const met = faults.find((fault) => meets(engine, fault, operation, reference));
    if (!met) return null;
    if (met.times !== undefined) use(engine, met, met.times);
    engine.count(met.kind);
    return met.kind;
  });
}

function meets(engine: Engine, { kind, operation, share }: Fault, asked: OperationName, reference: string): boolean {
  if (operation !== undefined && operation !== asked) return false;
  if (where[kind]?.includes(asked) === false) return false;
  return share === undefined || engine.chance.draw(`fault ${kind}`, reference) < share;
}

function use(engine: Engine, used: Fault, times: number): void {
  const settings = engine.settings();
  const faults = settings.faults.flatMap((fault) => (fault === used ? (times > 1 ? [{ ...fault, times: times - 1 }] : []) : [fault]));
  engine.change({ ...settings, faults });
}

/** A provider that takes another amount than it was asked to, and says so. */
export function twistedBy(fault: FaultKind | null, operation: OperationName): (asked: Amount) => Amount {
  if (fault === 'wrong_currency') return ({ value, currency }) => ({ value, currency: currency.toUpperCase() === 'USD' ? 'EUR' : 'USD' });
  // What is taken of something must stay within it.
  const off = operation === 'create' || operation === 'authorize' ? 1 : -1;
  if (fault === 'wrong_amount') return ({ value, currency }) => ({ value: Math.max(1, value + off), currency });
  return (asked) => asked;
}

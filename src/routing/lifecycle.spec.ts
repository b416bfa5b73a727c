import type { OperationKind, OperationPhase } from '../payments/payment-flow.js';
import type { PaymentState } from '../payments/payment-states.js';
import { applied, none, unknown } from '../providers/outcomes.js';
import type { Outcome, ProviderPayment } from '../providers/payment-provider.js';
import { books, declined, later, standing } from '../../test/support/flow-payments.js';
import type { FlowPayment } from './flow-payment.js';
import { answered, known } from './lifecycle.js';

const short: Readonly<Record<PaymentState, string>> = {
  created: 'crea',
  authorizing: 'sent',
  unknown: 'unkn',
  requires_action: 'actn',
  authorized: 'auth',
  captured: 'capt',
  partially_refunded: 'part',
  refunded: 'refd',
  declined: 'decl',
  cancelled: 'canc',
  expired: 'expd',
};
const phases: Readonly<Record<OperationPhase, string>> = { sent: 'S', in_doubt: 'D', accepted: 'A' };

/** The state; what is under way (`N` at the next account); the attempt that was written down; and whether a person has to look. */
function told(before: FlowPayment, { state, attempts, flow }: FlowPayment): string {
  const isNext = flow.tries.length > before.flow.tries.length;
  const operation = flow.operation ? (isNext ? 'N' : phases[flow.operation.phase]) : '-';
  const attempt = attempts.slice(before.attempts.length).map(({ result }) => (result === 'success' ? '+' : 'x'));
  const review = flow.review ? '!' : '';
  return short[state] + operation + attempt.join('') + review;
}

const rows: Readonly<Record<string, () => FlowPayment>> = {
  'authorize sent': () => standing('authorizing', 'authorize'),
  'authorize in doubt': () => standing('unknown', 'authorize', 'in_doubt'),
  'authorize accepted': () => standing('authorizing', 'authorize', 'accepted'),
  'authorize at customer': () => standing('requires_action', 'authorize', 'accepted'),
  'capture sent': () => standing('authorized', 'capture'),
  'capture in doubt': () => standing('unknown', 'capture', 'in_doubt'),
  'capture accepted': () => standing('authorized', 'capture', 'accepted'),
  'void sent': () => standing('authorized', 'void'),
  'void in doubt': () => standing('unknown', 'void', 'in_doubt'),
  'void accepted': () => standing('authorized', 'void', 'accepted'),
  'early void sent': () => standing('requires_action', 'void', 'sent', 'requires_action'),
  'early void in doubt': () => standing('unknown', 'void', 'in_doubt', 'requires_action'),
  'early void accepted': () => standing('requires_action', 'void', 'accepted', 'requires_action'),
  'idle authorized': () => standing('authorized'),
  'idle requires_action': () => standing('requires_action'),
  'idle captured': () => standing('captured'),
  'idle declined': () => standing('declined'),
  'idle cancelled': () => standing('cancelled'),
  'idle expired': () => standing('expired'),
};

const ofBooks = {
  proc: () => books('processing'),
  actn: () => books('requires_action', { actionUrl: 'https://bank.test/' }),
  auth: () => books('authorized'),
  capt: (kind?: OperationKind) => books('captured', { capturedMinor: kind === 'authorize' || kind === 'void' ? 100 : 60 }),
  another: () => books('declined', { decline: declined('do_not_honour') }),
  stop: () => books('declined', { decline: declined('fraud') }),
  void: () => books('voided'),
  expd: () => books('expired'),
  'auth≠': () => books('authorized', { authorizedMinor: 99 }),
  'capt≠': () => books('captured', { capturedMinor: 59 }),
  'EUR≠': () => books('captured', { capturedMinor: 60, currency: 'USD' }),
} as const satisfies Record<string, (kind?: OperationKind) => ProviderPayment>;

const cells = (line: string) => line.trim().split(/\s+/);

describe('after what the books say', () => {
  // prettier-ignore
  const expected: Readonly<Record<keyof typeof rows, string>> = {
    //                         proc   actn   auth   capt   another stop   void   expd   auth≠  capt≠  EUR≠
    'authorize sent':        ' sentA  actnA  auth-+ capt-+ sentNx  decl-x canc-x expd-x unknS! unknS! unknS!',
    'authorize in doubt':    ' sentA  actnA  auth-+ capt-+ sentNx  decl-x canc-x expd-x unknD! unknD! unknD!',
    'authorize accepted':    ' sentA  actnA  auth-+ capt-+ sentNx  decl-x canc-x expd-x unknA! unknA! unknA!',
    'authorize at customer': ' actnA  actnA  auth-+ capt-+ sentNx  decl-x canc-x expd-x unknA! unknA! unknA!',
    'capture sent':          ' authA  authS  authS  capt-  authS   authS  canc-  expd-  unknS! unknS! unknS!',
    'capture in doubt':      ' authA  unknD  unknD  capt-  unknD   unknD  canc-  expd-  unknD! unknD! unknD!',
    'capture accepted':      ' authA  authA  authA  capt-  authA   authA  canc-  expd-  unknA! unknA! unknA!',
    // Whatever else was captured, it is no longer to be given up.
    'void sent':             ' authA  authS  authS  capt-  authS   authS  canc-  expd-  unknS! capt-  unknS!',
    'void in doubt':         ' authA  unknD  unknD  capt-  unknD   unknD  canc-  expd-  unknD! capt-  unknD!',
    'void accepted':         ' authA  authA  authA  capt-  authA   authA  canc-  expd-  unknA! capt-  unknA!',
    'early void sent':       ' actnA  actnS  actnS  capt-  actnS   actnS  canc-  expd-  unknS! capt-  unknS!',
    'early void in doubt':   ' actnA  unknD  unknD  capt-  unknD   unknD  canc-  expd-  unknD! capt-  unknD!',
    'early void accepted':   ' actnA  actnA  actnA  capt-  actnA   actnA  canc-  expd-  unknA! capt-  unknA!',
    'idle authorized':       ' auth-  auth-  auth-  capt-  auth-   auth-  canc-  expd-  auth-! capt-  auth-!',
    'idle requires_action':  ' actn-  actn-  actn-  capt-  actn-   actn-  canc-  expd-  actn-! capt-  actn-!',
    'idle captured':         ' capt-  capt-  capt-  capt-  capt-   capt-  capt-  capt-  capt-! capt-! capt-!',
    // Money where there should be none.
    'idle declined':         ' decl-  decl-  decl-! decl-! decl-   decl-  decl-  decl-  decl-! decl-! decl-!',
    'idle cancelled':        ' canc-  canc-  canc-  canc-! canc-   canc-  canc-  canc-  canc-! canc-! canc-!',
    'idle expired':          ' expd-  expd-  expd-  expd-! expd-   expd-  expd-  expd-  expd-! expd-! expd-!',
  };

  it('has a row for everything', () => {
    expect(Object.keys(expected)).toEqual(Object.keys(rows));
  });
  const columns = Object.keys(ofBooks) as (keyof typeof ofBooks)[];
  const all = Object.entries(expected).flatMap(([row, line]) => cells(line).map((cell, index) => [row, columns[index], cell] as const));
  it.each(all)('%s, %s: %s', (row, column, cell) => {
    const before = rows[row]?.() as FlowPayment;
    const kind = before.flow.operation?.kind;
    const says = ofBooks[column as keyof typeof ofBooks](kind);
    // The answer to the operation says the same, and one to an operation that is over says nothing.
    const after = [known(before, says, later), ...(kind ? [answered(before, { key: 'the-key', outcome: applied(says) }, later)] : [])];
    expect(after.map((payment) => told(before, payment))).toEqual(after.map(() => cell));
    expect(answered(before, { key: 'another-key', outcome: applied(says) }, later)).toBe(before);
  });
});

describe('after an answer', () => {
  const outcomes: Readonly<Record<string, () => Outcome>> = {
    unkn: () => unknown('time-out'),
    another: () => none(declined('provider_unavailable')),
    stop: () => none(declined('insufficient_funds')),
    refused: () => none(declined('refused')),
    'none/auth': () => none(declined('refused'), books('authorized')),
    'none/capt': () => none(declined('refused'), books('captured', { capturedMinor: 100 })),
    'none/void': () => none(declined('refused'), books('voided')),
    'none/expd': () => none(declined('refused'), books('expired')),
  };
  // prettier-ignore
  const expected: Readonly<Record<string, string>> = {
    //                         unkn   another stop   refused none/auth none/capt none/void none/expd
    'authorize sent':        ' unknD  sentNx  decl-x decl-x  auth-+    capt-+    decl-x    decl-x',
    'authorize in doubt':    ' unknD  sentNx  decl-x decl-x  auth-+    capt-+    decl-x    decl-x',
    'authorize accepted':    ' sentA  sentNx  decl-x decl-x  auth-+    capt-+    decl-x    decl-x',
    'authorize at customer': ' actnA  sentNx  decl-x decl-x  auth-+    capt-+    decl-x    decl-x',
    'capture sent':          ' unknD  auth-   auth-  auth-   auth-     unknS!    canc-     expd-',
    'capture in doubt':      ' unknD  auth-   auth-  auth-   auth-     unknD!    canc-     expd-',
    'capture accepted':      ' authA  auth-   auth-  auth-   auth-     unknA!    canc-     expd-',
    'void sent':             ' unknD  auth-   auth-  auth-   auth-     capt-     canc-     expd-',
    'void in doubt':         ' unknD  auth-   auth-  auth-   auth-     capt-     canc-     expd-',
    'void accepted':         ' authA  auth-   auth-  auth-   auth-     capt-     canc-     expd-',
    // Nobody can go on with an authorization that was to be given up, so what was not taken is said again; there is no authorization yet
    // where a provider has nothing to give up.
    'early void sent':       ' unknD  unknD  unknD  canc-   actn-!    capt-     canc-     expd-',
    'early void in doubt':   ' unknD  unknD  unknD  canc-   actn-!    capt-     canc-     expd-',
    'early void accepted':   ' actnA  actnA  actnA  canc-   actn-!    capt-     canc-     expd-',
  };
  const columns = Object.keys(outcomes);
  const all = Object.entries(expected).flatMap(([row, line]) =>
    cells(line).map((cell, index) => [row, columns[index] ?? '', cell] as const),
  );
  it.each(all)('%s, %s: %s', (row, column, cell) => {
    const before = rows[row]?.() as FlowPayment;
    const outcome = outcomes[column]?.() as Outcome;
    expect(told(before, answered(before, { key: 'the-key', outcome }, later))).toBe(cell);
  });

  it('has a row for everything that is under way', () => {
    expect(Object.keys(expected)).toEqual(Object.keys(rows).filter((row) => !row.startsWith('idle')));
  });
});

describe('after a payment was given up before its customer had acted', () => {
  const given = () => ({ ...standing('cancelled'), flow: { ...standing('cancelled').flow, authorizedMinor: 0 } }) as FlowPayment;

  it.each(['authorized', 'captured'] as const)('a person looks at money that is %s nonetheless', (state) => {
    const before = given();
    expect(told(before, known(before, books(state, { capturedMinor: state === 'captured' ? 100 : 0 }), later))).toBe('canc-!');
  });
});

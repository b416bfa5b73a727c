import { statusOf } from './payment.js';
import { paymentEvents, stateAfter, states } from './payment-states.js';

const short = {
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
} as const;

/** By hand: a row a state, a column an event; `....` is no transition. */
// prettier-ignore
const grid: Readonly<Record<keyof typeof short, string>> = {
  //                    sent doub chal auth capt decl void expi unre part whol
  created:            '  sent .... .... .... .... .... canc .... .... .... ....',
  authorizing:        '  sent unkn actn auth capt decl canc expd .... .... ....',
  unknown:            '  sent unkn actn auth capt decl canc expd .... .... ....',
  requires_action:    '  sent unkn actn auth capt decl canc expd .... .... ....',
  authorized:         '  .... unkn .... auth capt .... canc expd .... .... ....',
  captured:           '  .... .... .... .... capt .... .... .... capt part refd',
  partially_refunded: '  .... .... .... .... part .... .... .... capt part refd',
  refunded:           '  .... .... .... .... refd .... .... .... capt part refd',
  declined:           '  .... .... .... .... .... decl .... .... .... .... ....',
  cancelled:          '  .... .... .... .... .... .... canc .... .... .... ....',
  expired:            '  .... .... .... .... .... .... .... expd .... .... ....',
};
const columns = [
  'sent',
  'doubted',
  'challenged',
  'authorized',
  'captured',
  'declined',
  'voided',
  'expired',
  'unrefunded',
  'partly_refunded',
  'wholly_refunded',
] as const;

it('has every state and every event in the table', () => {
  expect([Object.keys(grid), [...columns]]).toEqual([[...states], [...paymentEvents]]);
});

const pairs = states.flatMap((state) => columns.map((event, column) => [state, event, grid[state].trim().split(' ')[column]] as const));
it.each(pairs)('%s, when it is %s: %s', (state, event, expected) => {
  const after = stateAfter(state, event);
  expect(after === undefined ? '....' : short[after]).toBe(expected);
});

it('never comes back from an end, nor from captured money to none', () => {
  const backward = pairs.filter(([state, event]) => {
    const after = stateAfter(state, event);
    return after !== undefined && statusOf[state] !== 'pending' && statusOf[after] !== statusOf[state];
  });
  expect(backward).toEqual([]);
});

import { planRange } from './bucket-range.js';

const at = (text: string) => new Date(text);

it.each([
  ['everything', {}, 'UTC', { days: {}, edges: [] }],
  [
    'whole days',
    { from: at('2026-01-01T00:00:00Z'), before: at('2026-01-04T00:00:00Z') },
    'UTC',
    { days: { first: '2026-01-01', last: '2026-01-03' }, edges: [] },
  ],
  [
    'cut days at both ends',
    { from: at('2026-01-01T10:00:00Z'), before: at('2026-01-03T12:00:00Z') },
    'UTC',
    {
      days: { first: '2026-01-02', last: '2026-01-02' },
      edges: [
        { from: at('2026-01-01T10:00:00Z'), before: at('2026-01-02T00:00:00Z') },
        { from: at('2026-01-03T00:00:00Z'), before: at('2026-01-03T12:00:00Z') },
      ],
    },
  ],
  [
    'less than a day',
    { from: at('2026-01-01T10:00:00Z'), before: at('2026-01-01T12:00:00Z') },
    'UTC',
    { days: null, edges: [{ from: at('2026-01-01T10:00:00Z'), before: at('2026-01-01T12:00:00Z') }] },
  ],
  ['nothing', { from: at('2026-01-02T10:00:00Z'), before: at('2026-01-01T12:00:00Z') }, 'UTC', { days: null, edges: [] }],
  [
    'days of UTC in another zone',
    { from: at('2026-01-01T00:00:00Z'), before: at('2026-01-02T00:00:00Z') },
    'Europe/Berlin',
    {
      days: null,
      edges: [{ from: at('2026-01-01T00:00:00Z'), before: at('2026-01-02T00:00:00Z') }],
    },
  ],
  ['an open end', { from: at('2026-01-01T00:00:00Z') }, 'UTC', { days: { first: '2026-01-01' }, edges: [] }],
])('plans %s', (_what, range, zone, expected) => {
  expect(planRange(range, zone)).toEqual(expected);
});

it('never counts a moment twice and leaves none out', () => {
  const berlin = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin', dateStyle: 'short' });
  const moments = Array.from({ length: 120 }, (_, hour) => new Date(Date.UTC(2026, 2, 27, hour)));
  const dates = new Map(moments.map((moment) => [moment, berlin.format(moment)]));
  for (const from of moments.filter((_, index) => index % 7 === 0)) {
    for (const before of moments.filter((_, index) => index % 11 === 0)) {
      const { days, edges } = planRange({ from, before }, 'Europe/Berlin');
      const times = moments.map((moment) => {
        const date = dates.get(moment) ?? '';
        const inDays = days !== null && date >= (days.first ?? '') && date <= (days.last ?? '9');
        return edges.filter((edge) => moment >= (edge.from as Date) && moment < (edge.before as Date)).length + Number(inDays);
      });
      expect(times).toEqual(moments.map((moment) => (moment >= from && moment < before ? 1 : 0)));
    }
  }
});

import { type Day, dayOf, daysBetween, plusDays, rangeOf, readMoment, startOfDay } from './calendar.js';

const day = (text: string) => text as Day;

describe('dayOf', () => {
  it.each([
    ['2026-01-03T23:59:59.999Z', 'UTC', '2026-01-03'],
    ['2026-01-03T23:30:00Z', 'Europe/Berlin', '2026-01-04'],
    ['2026-01-03T02:30:00Z', 'America/New_York', '2026-01-02'],
    ['2026-07-01T23:30:00Z', 'Europe/London', '2026-07-02'],
  ])('%s in %s is %s', (moment, zone, expected) => {
    expect(dayOf(new Date(moment), zone)).toBe(expected);
  });
});

describe('startOfDay', () => {
  it.each([
    ['2026-01-03', 'UTC', '2026-01-03T00:00:00.000Z'],
    ['2026-07-01', 'Europe/London', '2026-06-30T23:00:00.000Z'],
    // Clocks in Santiago go from 24:00 to 01:00 there.
    ['2026-09-06', 'America/Santiago', '2026-09-06T04:00:00.000Z'],
  ])('%s in %s begins at %s', (date, zone, expected) => {
    expect(startOfDay(day(date), zone).toISOString()).toBe(expected);
  });
});

it('counts days over the ends of months, years and summer time', () => {
  expect(plusDays(day('2026-12-31'), 1)).toBe('2027-01-01');
  expect(plusDays(day('2028-03-01'), -1)).toBe('2028-02-29');
  expect(daysBetween(day('2026-03-28'), day('2026-03-30'))).toEqual(['2026-03-28', '2026-03-29', '2026-03-30']);
  expect(daysBetween(day('2026-03-28'), day('2026-03-27'))).toEqual([]);
  expect(daysBetween(day('9999-12-30'), day('9999-12-31'))).toEqual(['9999-12-30', '9999-12-31']);
});

describe('readMoment', () => {
  it.each([
    ['2026-01-03', '2026-01-03T00:00:00.000Z', true],
    [' 2026-01-03T10:00:00 ', '2026-01-03T10:00:00.000Z', false],
    ['2026-01-03T10:00:00.123456', '2026-01-03T10:00:00.123Z', false],
    ['2026-01-03T10:00:00+02:00', '2026-01-03T08:00:00.000Z', false],
    ['2026-01-03 10:00:00Z', '2026-01-03T10:00:00.000Z', false],
  ])('reads %s', (text, at, dateOnly) => {
    expect(readMoment(text)).toEqual({ at: new Date(at), dateOnly });
  });

  it.each([
    'not-a-date',
    '',
    '2026-02-30',
    '2026-13-01',
    '26-01-01',
    '2026-W01-1',
    '2026-01-03T25:00:00',
    '1969-12-31',
    '+12026-01-01',
    1_700_000_000,
    ['2026-01-03'],
    { $gt: '' },
    null,
  ])('does not read %j', (text) => {
    expect(readMoment(text)).toBeUndefined();
  });
});

describe('rangeOf', () => {
  it('includes the whole last day where only its date is given, and nothing past a moment', () => {
    expect(rangeOf(readMoment('2026-01-01'), readMoment('2026-01-15'))).toEqual({
      from: new Date('2026-01-01T00:00:00Z'),
      before: new Date('2026-01-16T00:00:00Z'),
    });
    expect(rangeOf(undefined, readMoment('2026-01-15T18:10:55'))).toEqual({ before: new Date('2026-01-15T18:10:55.001Z') });
  });

  it('takes dates in the zone', () => {
    expect(rangeOf(readMoment('2026-07-01'), readMoment('2026-07-01'), 'Europe/London')).toEqual({
      from: new Date('2026-06-30T23:00:00Z'),
      before: new Date('2026-07-01T23:00:00Z'),
    });
  });
});

import { areSettings, changesOf, isTimeZone, slugOf, type Tenant } from './tenant.js';

it.each(['UTC', 'Europe/London', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'Asia/Kolkata', 'Asia/Calcutta'])(
  'knows the time zone %s',
  (zone) => {
    expect(isTimeZone(zone)).toBe(true);
  },
);
it.each(['', 'Mars/Base', '+01:00', 'GMT+1', 'Europe/London ', 'Europe/../London', 'x'.repeat(100), 7, null, undefined, ['UTC'], {}])(
  'knows no time zone %j',
  (zone) => {
    expect(isTimeZone(zone)).toBe(false);
  },
);

it('takes an object of at most 16 KiB for settings', () => {
  expect(areSettings({ a: { b: [1, 'two'] } })).toBe(true);
  expect(areSettings({ text: 'x'.repeat(16 * 1024 - 11) })).toBe(true);
  expect(areSettings({ text: 'x'.repeat(16 * 1024 - 10) })).toBe(false);
  for (const value of [null, 'text', 7, ['a']]) expect(areSettings(value)).toBe(false);
});

it('sees what a patch changes', () => {
  const tenant = { name: 'Acme', currency: 'GBP', timeZone: 'UTC', settings: { a: [1] } } as unknown as Tenant;
  expect(changesOf(tenant, { name: 'Acme', settings: { a: [1] }, timeZone: undefined })).toEqual({});
  expect(changesOf(tenant, { name: 'Emca', currency: 'GBP', settings: { a: [2] } })).toEqual({ name: 'Emca', settings: { a: [2] } });
});

it.each([
  ['Acme Ltd', 'acme-ltd-x'],
  ['  Grün & Söhne!  ', 'grun-sohne-x'],
  ['株式会社', 'tenant-x'],
  ['a'.repeat(100), `${'a'.repeat(40)}-x`],
  [`${'a'.repeat(39)} b`, `${'a'.repeat(39)}-x`],
])('makes a slug of %j', (name, slug) => {
  expect(slugOf(name, 'x')).toBe(slug);
});

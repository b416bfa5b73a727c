import { hashOf, seal, type Unsealed } from './chain.js';
import type { AccountKey, Entry, LedgerCommand } from './ledger.js';

const [issuance, ann, revenue] = ['@issuance:CREDIT' as AccountKey, 'ann:CREDIT' as AccountKey, '@revenue:CREDIT' as AccountKey];
const key = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex');
const at = new Date('2026-01-01T00:00:00.123Z');

const header: Unsealed = {
  tenantId: 'ten_1',
  seq: 7,
  n: 13,
  at,
  node: 'nodeA',
  nonce: 'nonceB',
  firstNumber: 12,
  count: 2,
  prevHash: 'prev',
  totals: {},
};
const grant: Entry = {
  tenantId: 'ten_1',
  n: 12,
  key: 'key-1',
  requestHash: 'req-1',
  at,
  kind: 'grant',
  memo: 'Bonus "ä" 🙂',
  meta: { b: 'x', a: { d: true, c: [1, null] } },
  postings: [
    { account: issuance, bucket: 'available', delta: -500, balanceAfter: -1_500 },
    { account: ann, bucket: 'available', delta: 500, balanceAfter: 900 },
  ],
};
const hold: Entry = {
  tenantId: 'ten_1',
  n: 13,
  key: 'key-2',
  requestHash: 'req-2',
  at,
  kind: 'hold',
  memo: '',
  meta: {},
  refersTo: 13,
  expiresAt: new Date('2026-01-01T01:00:00.000Z'),
  postings: [
    { account: ann, bucket: 'available', delta: -100, balanceAfter: 800 },
    { account: ann, bucket: 'held', delta: 100, balanceAfter: 100 },
  ],
};

/**
 * HMAC-SHA256 in base64url, computed with Python's hmac over three lines:
 * ["prev","ten_1",7,1767225600123,"nodeA","nonceB",12,2]
 * [12,"key-1","req-1","grant","Bonus \"ä\" 🙂",{"a":{"c":[1,null],"d":true},"b":"x"},null,null,[["@issuance:CREDIT","available",-500,-1500],…
 * [13,"key-2","req-2","hold","",{},13,1767229200000,[["ann:CREDIT","available",-100,800],["ann:CREDIT","held",100,100]]]
 */
const vector = 'sr-OBG1HqAlUS4Q8HyWRux-hntJH8pDXelz4_IQmqCo';

describe('the seal of a batch', () => {
  it('is the one that was computed elsewhere', () => {
    expect(seal(key, header, [grant, hold])).toBe(vector);
    expect(seal(key, header, [])).toBe('ANsUsdUUKSF5rOvkY8wJYtulbsu-gGmjyAds-EASHDQ');
  });

  const headers: [string, Partial<Unsealed>][] = [
    ['the hash before', { prevHash: 'prew' }],
    ['tenant', { tenantId: 'ten_2' }],
    ['number', { seq: 8 }],
    ['time', { at: new Date('2026-01-01T00:00:00.124Z') }],
    ['node', { node: 'nodeB' }],
    ['nonce', { nonce: 'nonceC' }],
    ['first number', { firstNumber: 11 }],
    ['count', { count: 3 }],
  ];
  it.each(headers)('covers the %s', (_field, change) => {
    expect(seal(key, { ...header, ...change }, [grant, hold])).not.toBe(vector);
  });

  const [first, second] = grant.postings as [Entry['postings'][number], Entry['postings'][number]];
  const entries: [string, Partial<Entry>][] = [
    ['number', { n: 11 }],
    ['key', { key: 'key-3' }],
    ['request', { requestHash: 'req-3' }],
    ['kind', { kind: 'purchase' }],
    ['memo', { memo: 'Bonus "ä" 🙃' }],
    ['meta', { meta: { b: 'x', a: { d: false, c: [1, null] } } }],
    ['meta, at its depth', { meta: { b: 'x', a: { d: true, c: [1, 0] } } }],
    ['meta, its order of items', { meta: { b: 'x', a: { d: true, c: [null, 1] } } }],
    ['meta, its names', { meta: { b: 'x', e: { d: true, c: [1, null] } } }],
    ['meta, one field less', { meta: { b: 'x' } }],
    ['entry that it refers to', { refersTo: 12 }],
    ['end of a hold', { expiresAt: new Date('2026-01-01T01:00:00.001Z') }],
    ['account of a posting', { postings: [{ ...first, account: revenue }, second] }],
    ['bucket of a posting', { postings: [{ ...first, bucket: 'held' }, second] }],
    ['amount of a posting', { postings: [{ ...first, delta: -501 }, second] }],
    ['balance of a posting', { postings: [first, { ...second, balanceAfter: 901 }] }],
    ['order of the postings', { postings: [second, first] }],
    ['number of postings', { postings: [first, second, second] }],
  ];
  it.each(entries)("covers an entry's %s", (_field, change) => {
    expect(seal(key, header, [{ ...grant, ...change }, hold])).not.toBe(vector);
  });

  it('covers how many entries there are, and their order', () => {
    const seals = [[grant], [hold], [hold, grant], [grant, hold, hold], []].map((some) => seal(key, header, some));
    expect(new Set([...seals, vector]).size).toBe(6);
  });

  it('does not take a text of one field for that of its neighbour', () => {
    const glued = (one: Partial<Entry>) => seal(key, header, [{ ...grant, ...one }, hold]);
    expect(glued({ key: 'a","b', requestHash: 'c' })).not.toBe(glued({ key: 'a', requestHash: 'b","c' }));
    expect(glued({ key: 'a\nb' })).not.toBe(glued({ key: 'a\\nb' }));
  });

  it('needs the key', () => {
    expect(seal(Buffer.from(key).fill(0, 31), header, [grant, hold])).not.toBe(vector);
  });

  it('is the same in whatever order the fields of meta, of an entry or of a posting come', () => {
    const meta = { a: { c: [1, null], d: true }, b: 'x' };
    const turned = Object.fromEntries(Object.entries({ ...grant, meta }).toReversed()) as unknown as Entry;
    const postings = grant.postings.map((posting) => Object.fromEntries(Object.entries(posting).toReversed()) as never);
    expect(seal(key, header, [{ ...turned, postings }, hold])).toBe(vector);
  });
});

describe('the hash of a request that has none', () => {
  const spend: LedgerCommand = {
    tenantId: 'ten_1',
    kind: 'spend',
    memo: 'Tea',
    meta: { b: 1, a: 2 },
    move: {
      type: 'legs',
      legs: [
        { account: ann, bucket: 'available', delta: -3 },
        { account: revenue, bucket: 'available', delta: 3 },
      ],
    },
  };

  // SHA-256 of ["spend","Tea",{"a":2,"b":1},{"legs":[{"account":"ann:CREDIT","bucket":"available","delta":-3},…],"type":"legs"}]
  it('is the one that was computed elsewhere', () => {
    expect(hashOf(spend)).toBe('LYaXfen43nESxVd9E-P8W3_bb-j2p_S-tXaqCZrIegE');
    const expiresAt = new Date('2026-01-01T01:00:00.000Z');
    // Of ["hold","",{},{"account":"ann:CREDIT","amount":3,"expiresAt":"2026-01-01T01:00:00.000Z","type":"hold"}]
    const aside: LedgerCommand = {
      tenantId: 'ten_1',
      kind: 'hold',
      memo: '',
      meta: {},
      move: { type: 'hold', account: ann, amount: 3, expiresAt },
    };
    expect(hashOf(aside)).toBe('u5HlF5MPYmks2mJWE-0AFYpACiaGQiIL6agzKBA2mas');
  });

  it('knows neither the key nor the order of names', () => {
    const turned = { ...spend, key: 'k', meta: { a: 2, b: 1 } };
    expect(hashOf(turned)).toBe(hashOf(spend));
  });

  const others: Partial<LedgerCommand>[] = [
    { kind: 'purchase' },
    { memo: 'tea' },
    { meta: { a: 2 } },
    { meta: { a: 1, b: 2 } },
    { move: { type: 'reverse', of: 3 } },
    { move: { type: 'reverse', of: 3, amount: 1 } },
    { move: { type: 'commit', hold: 3, to: revenue } },
    { move: { type: 'release', hold: 3, because: 'void' } },
    { move: { type: 'release', hold: 3, because: 'expiry' } },
  ];
  it('tells other requests apart', () => {
    expect(new Set([spend, ...others.map((other) => ({ ...spend, ...other }))].map(hashOf)).size).toBe(10);
  });
});

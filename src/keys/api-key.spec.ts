import { type ApiKey, gatewayScopes, isGood, limits, rotated, scopes } from './api-key.js';

const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour));
const key = (more: Partial<ApiKey> = {}) => ({ secrets: [{ hash: 'a', until: null }], expiresAt: null, ...more }) as ApiKey;

describe('a key is good', () => {
  it('by the hash of its secret, whichever of the installation’s keys made it', () => {
    expect(isGood(key(), ['x', 'a'], at(1))).toBe(true);
    expect(isGood(key(), ['x'], at(1))).toBe(false);
    expect(isGood(key(), [], at(1))).toBe(false);
  });

  it.each([
    ['until it ends', { expiresAt: at(2) }, true],
    ['not when it ends', { expiresAt: at(1) }, false],
    ['not when it was revoked', { revokedAt: at(0) }, false],
    ['until the end of an overlap', { secrets: [{ hash: 'a', until: at(2) }] }, true],
    ['not at the end of an overlap', { secrets: [{ hash: 'a', until: at(1) }] }, false],
  ])('%s', (_case, more, good) => {
    expect(isGood(key(more), ['a'], at(1))).toBe(good);
  });
});

describe('a rotation', () => {
  it('keeps what was replaced until its own end, and drops what has ended', () => {
    const before = [
      { hash: 'c', until: null },
      { hash: 'b', until: at(3) },
      { hash: 'a', until: at(1) },
    ];
    expect(rotated(before, 'd', at(9), at(1))).toEqual([
      { hash: 'd', until: null },
      { hash: 'c', until: at(9) },
      { hash: 'b', until: at(3) },
    ]);
  });

  it('without an overlap leaves the new secret alone', () => {
    expect(rotated([{ hash: 'a', until: null }], 'b', at(1), at(1))).toEqual([{ hash: 'b', until: null }]);
  });

  it('holds no more secrets than it may', () => {
    let secrets: ApiKey['secrets'] = [{ hash: '0', until: null }];
    for (let turn = 1; turn <= 20; turn++) secrets = rotated(secrets, String(turn), at(9), at(1));
    expect(secrets.map(({ hash }) => hash)).toEqual(['20', '19', '18', '17', '16'].slice(0, limits.secrets));
  });
});

it('a key may be given everything but keys and what is only somebody’s own', () => {
  expect(scopes).not.toContain('self');
  expect(scopes.filter((scope) => scope.startsWith('keys:'))).toEqual([]);
  expect(scopes).toEqual(expect.arrayContaining(['payments:read', 'audit:read', 'events:write', ...gatewayScopes]));
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appSecret, deriveKey } from './app-secret.js';
import { ConfigError } from './config.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'payops-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const generated = () => appSecret({ appSecret: undefined, dataDir: join(directory, 'data') });

describe('appSecret', () => {
  it('is the one given, and then no file is written', () => {
    expect(appSecret({ appSecret: 'given', dataDir: directory })).toEqual(Buffer.from('given'));
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is otherwise generated into the data directory, for the owner only', () => {
    expect(generated().length).toBeGreaterThanOrEqual(32);
    expect(readdirSync(join(directory, 'data'))).toEqual(['app-secret']);
    expect(statSync(join(directory, 'data', 'app-secret')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(directory, 'data', 'app-secret'), 'utf8').trim()).toBe(generated().toString());
  });

  it('is the same at every start', () => {
    expect(generated()).toEqual(generated());
  });

  it('differs between data directories', () => {
    expect(appSecret({ appSecret: undefined, dataDir: join(directory, 'other') })).not.toEqual(generated());
  });

  it('is never replaced when its file is damaged', () => {
    writeFileSync(join(directory, 'app-secret'), 'torn');
    expect(() => appSecret({ appSecret: undefined, dataDir: directory })).toThrow(ConfigError);
    expect(readFileSync(join(directory, 'app-secret'), 'utf8')).toBe('torn');
  });
});

describe('deriveKey', () => {
  const secret = Buffer.from('an application secret of 32 bytes');

  it.each([
    ['jwt', '7ed221e250bd8f0324d3371e4b241a26bc4aa48657f2180caa38dade04b2ed4e'],
    ['refresh', '1abcae6ccb70ba86a887683461d3b88c408ffa56a7d465790597872f218a4d2f'],
  ] as const)('is HKDF-SHA256 with payops:%s', (purpose, hex) => {
    expect(deriveKey(secret, purpose).toString('hex')).toBe(hex);
  });

  it('has the length asked for', () => {
    expect(deriveKey(secret, 'jwt', 64)).toHaveLength(64);
    expect(deriveKey(secret, 'jwt', 64).subarray(0, 32)).toEqual(deriveKey(secret, 'jwt'));
  });

  it('differs by secret', () => {
    expect(deriveKey(Buffer.from('another application secret, of 40 bytes.'), 'jwt')).not.toEqual(deriveKey(secret, 'jwt'));
  });
});

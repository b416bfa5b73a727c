import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimDataDirectory } from './data-directory.js';
import { identify, isAlive } from './process-identity.js';

const url = 'http://127.0.0.1:3000';
let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'payops-data-'));
});

afterEach(() => rm(dataDir, { recursive: true, force: true }));

describe('claiming a data directory', () => {
  it('refuses a second server with the address and pid of the first', async () => {
    const release = await claimDataDirectory(dataDir, { url });
    await expect(claimDataDirectory(dataDir, { url: 'http://127.0.0.1:4000' })).rejects.toThrow(`${url} (pid ${process.pid})`);
    await release();
    await (
      await claimDataDirectory(dataDir, { url })
    )();
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('lets exactly one of many claim it at once, over a claim left behind', async () => {
    await writeFile(join(dataDir, 'server.json'), JSON.stringify({ pid: 2 ** 22 + 1, url }));
    const claims = await Promise.allSettled(Array.from({ length: 20 }, () => claimDataDirectory(dataDir, { url })));
    expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(dataDir)).toEqual(['server.json']);
  });

  it.each([
    ['a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, url })],
    ['half a file', '{"pid":'],
  ])('ignores the claim of %s', async (_case, claim) => {
    await writeFile(join(dataDir, 'server.json'), claim);
    await claimDataDirectory(dataDir, { url });
    expect(JSON.parse(await readFile(join(dataDir, 'server.json'), 'utf8'))).toMatchObject({ pid: process.pid, url });
  });

  it('leaves a claim alone that another process has taken over', async () => {
    const release = await claimDataDirectory(dataDir, { url });
    const theirs = JSON.stringify({ pid: process.ppid, url });
    await writeFile(join(dataDir, 'server.json'), theirs);
    await release();
    expect(await readFile(join(dataDir, 'server.json'), 'utf8')).toBe(theirs);
  });
});

describe('a process identity', () => {
  it('is alive for this process and not for one that does not exist', () => {
    expect(isAlive(identify(process.pid))).toBe(true);
    expect(isAlive({ pid: 2 ** 22 + 1 })).toBe(false);
  });

  // The start time comes from /proc.
  (process.platform === 'linux' ? it : it.skip)('does not take a later owner of the pid for the process', () => {
    expect(isAlive({ pid: process.pid, startedAt: '1' })).toBe(false);
  });
});

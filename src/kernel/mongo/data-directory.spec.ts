import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimDataDirectory } from './data-directory.js';
import { identify, isAlive } from './process-identity.js';
import { whereThereIs } from '../../../test/support/needs.js';

const url = 'http://127.0.0.1:3000';
let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'payops-data-'));
});

afterEach(() => rm(dataDir, { recursive: true, force: true }));

const gone = { pid: 2 ** 22 + 1, url };
const leave = (name: string, text: string) => writeFile(join(dataDir, name), text);
const found = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(dataDir, name), 'utf8'));

describe('claiming a data directory', () => {
  it('refuses a second server with the address and pid of the first', async () => {
    const release = await claimDataDirectory(dataDir, { url });
    await expect(claimDataDirectory(dataDir, { url: 'http://127.0.0.1:4000' })).rejects.toThrow(`${url} (pid ${process.pid})`);
    await release();
    await (
      await claimDataDirectory(dataDir, { url })
    )();
    expect(await readdir(dataDir)).toEqual(['server.2.json']);
    expect(await found('server.2.json')).toEqual({ released: true });
  });

  it('lets exactly one of many claim it at once, over a claim left behind', async () => {
    for (let round = 1; round <= 20; round++) {
      await leave(`server.${round}.json`, JSON.stringify(gone));
      const claims = await Promise.allSettled(Array.from({ length: 20 }, () => claimDataDirectory(dataDir, { url })));
      expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await readdir(dataDir)).toEqual([`server.${round + 1}.json`]);
    }
  });

  it.each([
    ['a process that is gone', JSON.stringify(gone)],
    ['half a file', '{"pid":'],
    ['an empty file', ''],
    ['no claim at all', 'null'],
  ])('ignores the claim of %s', async (_case, claim) => {
    await leave('server.9.json', claim);
    await claimDataDirectory(dataDir, { url });
    expect(await readdir(dataDir)).toEqual(['server.10.json']);
    expect(await found('server.10.json')).toMatchObject({ pid: process.pid, url });
  });

  it('counts only the latest of several claims, and clears the others away', async () => {
    await leave('server.2.json', JSON.stringify({ ...identify(process.pid), url }));
    await leave('server.11.json', JSON.stringify(gone));
    await claimDataDirectory(dataDir, { url });
    expect(await readdir(dataDir)).toEqual(['server.12.json']);
  });

  it('leaves a claim alone that another process has taken over', async () => {
    const release = await claimDataDirectory(dataDir, { url });
    const theirs = { pid: process.ppid, url };
    await leave('server.1.json', JSON.stringify(theirs));
    await release();
    expect(await found('server.1.json')).toEqual(theirs);
  });

  it('leaves its own next claim alone when it is released twice', async () => {
    const release = await claimDataDirectory(dataDir, { url });
    await release();
    await claimDataDirectory(dataDir, { url });
    await release();
    await expect(claimDataDirectory(dataDir, { url })).rejects.toThrow('already runs');
  });
});

describe('a process identity', () => {
  it('is alive for this process and not for one that does not exist', () => {
    expect(isAlive(identify(process.pid))).toBe(true);
    expect(isAlive({ pid: 2 ** 22 + 1 })).toBe(false);
  });

  // The start time comes from /proc.
  whereThereIs(
    process.platform === 'linux',
    '/proc',
    it,
  )('does not take a later owner of the pid for the process', () => {
    expect(isAlive({ pid: process.pid, startedAt: '1' })).toBe(false);
  });
});

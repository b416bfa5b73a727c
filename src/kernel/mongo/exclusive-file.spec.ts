import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programOf } from '../../../test/support/program.js';
import { inTurn, readClaim } from './exclusive-file.js';
import { identify } from './process-identity.js';

const processes = 6;
const turns = 8;
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'payops-turns-'));
});

afterEach(() => rm(home, { recursive: true, force: true }));

describe('taking turns', () => {
  it('lets one work at a time, and the next one after a failure', async () => {
    let inside = 0;
    const work = async () => {
      expect(++inside).toBe(1);
      await new Promise((resolve) => void setImmediate(resolve));
      inside--;
    };
    const fails = inTurn(home, 'starting', 10_000, () => Promise.reject(new Error('broken')));
    await Promise.all([
      expect(fails).rejects.toThrow('broken'),
      ...Array.from({ length: 5 }, () => inTurn(home, 'starting', 10_000, work)),
    ]);
    expect(await readdir(home)).toEqual(['starting.6.json']);
  });

  it('gives up on a holder that never ends, and names it', async () => {
    await writeFile(join(home, 'starting.1.json'), JSON.stringify(identify(process.pid)));
    await expect(inTurn(home, 'starting', 0, async () => {})).rejects.toThrow(
      `Process ${process.pid} has been holding starting in ${home}`,
    );
  });

  it('never lets two processes in, also while others die holding the name', async () => {
    const data = join(home, 'data');
    await mkdir(data);
    // The file made with `wx` fails the process that finds another one inside; the last turn ends without a release.
    const main = await programOf(
      'src/kernel/mongo',
      join(home, 'program'),
      `import { appendFile, rm, writeFile } from 'node:fs/promises';
       import { inTurn } from './exclusive-file.js';
       const [data, turns] = [process.argv[2], Number(process.argv[3])];
       for (let turn = 1; turn <= turns; turn++) {
         await inTurn(data, 'starting', 60_000, async () => {
           await writeFile(data + '/inside', '', { flag: 'wx' });
           await appendFile(data + '/turns', process.pid + '\\n');
           await rm(data + '/inside');
           if (turn === turns) process.kill(process.pid, 'SIGKILL');
         });
       }`,
    );
    const ended = await Promise.all(
      Array.from({ length: processes }, () => {
        const child = spawn(process.execPath, [main, data, String(turns)], { stdio: ['ignore', 'ignore', 'inherit'] });
        return new Promise((resolve) => void child.once('exit', (code, signal) => resolve(signal ?? code)));
      }),
    );
    expect(ended).toEqual(Array.from({ length: processes }, () => 'SIGKILL'));
    expect((await readFile(join(data, 'turns'), 'utf8')).trim().split('\n')).toHaveLength(processes * turns);
    expect((await readdir(data)).filter((name) => name.endsWith('.json'))).toEqual([`starting.${processes * turns}.json`]);
  });
});

describe('reading a claim', () => {
  it('does not take a file that may not be read for a claim left behind', async () => {
    await mkdir(join(home, 'starting.1.json'));
    await expect(readClaim(join(home, 'starting.1.json'))).rejects.toMatchObject({ code: 'EISDIR' });
  });
});

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { transformFileSync } from '@swc/core';

// Jest gives code under test a copy of process.env, and one process cannot race itself; so these run the sources in real ones.
const run = promisify(execFile);
const SOURCES = ['variable-notes', 'config.schema', 'config', 'app-secret'];
let directory: string;
let work: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'payops-'));
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  symlinkSync(resolve('node_modules'), join(directory, 'node_modules'));
  for (const source of SOURCES) {
    const options = { swcrc: false, jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } } as const;
    writeFileSync(join(directory, `${source}.js`), transformFileSync(join('src/kernel/config', `${source}.ts`), options).code);
  }
});
beforeEach(() => {
  work = mkdtempSync(join(directory, 'work-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

async function evaluate(expression: string, env: Record<string, string> = {}): Promise<unknown> {
  const imports = `const { loadConfig } = await import('../config.js'); const { appSecret } = await import('../app-secret.js');`;
  writeFileSync(join(work, 'program.mjs'), `${imports} process.stdout.write(JSON.stringify(${expression}));`);
  const { stdout } = await run(process.execPath, ['program.mjs'], { cwd: work, env });
  return JSON.parse(stdout);
}

describe('loadConfig', () => {
  it('reads the environment alone when there is no .env', async () => {
    expect(await evaluate('loadConfig()', { PORT: '4000' })).toMatchObject({ port: 4000, logLevel: 'info' });
  });

  it('reads .env of the working directory and lets the environment win', async () => {
    writeFileSync(join(work, '.env'), 'PORT=5000\nLOG_LEVEL=debug\n');
    expect(await evaluate('loadConfig()', { PORT: '4000' })).toMatchObject({ port: 4000, logLevel: 'debug' });
  });

  it('refuses a .env that cannot be read', async () => {
    mkdirSync(join(work, '.env'));
    await expect(evaluate('loadConfig()')).rejects.toThrow('.env is there but cannot be read');
  });
});

describe('appSecret', () => {
  it('is one secret when two processes generate it at once', async () => {
    const start = Date.now() + 1000;
    const race = `Array.from({ length: 50 }, (_, round) => {
      while (Date.now() < ${start} + round * 10);
      return appSecret({ dataDir: 'data-' + round }).toString();
    })`;
    const [one, two] = await Promise.all([evaluate(race), evaluate(race)]);
    expect(one).toEqual(Array.from({ length: 50 }, () => expect.stringMatching(/^[\w-]{64}$/)));
    expect(two).toEqual(one);
  });
});

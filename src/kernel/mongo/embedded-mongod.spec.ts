import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { mongodOn, testMongodSource } from '../../../test/support/mongod.js';
import { programOf } from '../../../test/support/program.js';
import { type EmbeddedMongod, type EmbeddedOptions, joinOrStart, startEmbeddedMongod } from './embedded-mongod.js';
import { findOnPath } from './mongod-binary.js';
import { comesTrue, freePort, hasEnded } from './mongod-process.js';
import { servedPath } from './replica-set.js';
import { identify, isAlive, type ProcessIdentity } from './process-identity.js';
import { resolveMongod } from './resolve-mongod.js';
import { whereThereIs } from '../../../test/support/needs.js';
import { forgivePipes } from '../../../test/support/run-program.js';

const url = 'http://127.0.0.1:3000';
let home: string;
let dataDir: string;
let lines: string[];
let mongod: string;
let running: EmbeddedMongod[] = [];

beforeAll(async () => {
  mongod = (await resolveMongod(testMongodSource())).bin;
});

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'payops-embedded-'));
  dataDir = join(home, 'data');
  lines = [];
});

afterEach(async () => {
  for (const each of running) await each.stop();
  running = [];
  await rm(home, { recursive: true, force: true });
});

describe('starting', () => {
  it('gives a replica set that takes transactions, and stop ends it', async () => {
    const started = await start({ owner: { url } });
    expect(started).toMatchObject({ how: 'started', uri: `mongodb://127.0.0.1:${started.port}/?replicaSet=rs0` });
    expect(lines).toEqual([expect.stringMatching(/^mongod \d+\.\d+\.\d+ \(given\): ready on port \d+ \(\d+\.\d s\)$/)]);
    await withClient(started, (client) =>
      client.withSession((session) => session.withTransaction(() => client.db('test').collection('notes').insertOne({}, { session }))),
    );
    await started.stop();
    expect(isAlive(identify(started.pid))).toBe(false);
    expect(JSON.parse(await readFile(join(dataDir, 'server.1.json'), 'utf8'))).toEqual({ released: true });
  });

  it('takes a free port when a stranger listens on the wanted one, and the wanted one later', async () => {
    const stranger = createServer().listen(0, '127.0.0.1');
    const port = await freePort(0);
    await new Promise<void>((resolve) => void stranger.close(() => stranger.listen(port, '127.0.0.1', resolve)));
    const first = await start({ port });
    expect(first.port).not.toBe(port);
    expect(lines[0]).toContain(`another program listens on port ${port}, taking ${first.port}`);
    await insertNote(first);
    await first.stop();
    await new Promise((resolve) => void stranger.close(resolve));

    const second = await start({ port });
    expect(second.port).toBe(port);
    expect(await countNotes(second)).toBe(1);
  });

  it('does not give one up that is killed again and again', async () => {
    const mongod = await start();
    await insertNote(mongod);
    for (let kill = 0; kill < 6; kill++) {
      const pid = await recordedPid();
      process.kill(pid, 'SIGKILL');
      expect(await hasEnded(identify(pid), 5_000)).toBe(true);
      expect(await countNotes(mongod)).toBe(1);
    }
    await mongod.stop();
  }, 120_000);

  it('does not give one up that is killed before it is ready', async () => {
    const mongod = await start();
    await insertNote(mongod);
    for (let kill = 0, pid = mongod.pid; kill < 4; kill++) {
      process.kill(pid, 'SIGKILL');
      expect(await comesTrue(async () => (await recordedPid()) !== pid, 20_000)).toBe(true);
      pid = await recordedPid();
    }
    expect(lines).toContainEqual(expect.stringContaining('mongod could not be started again: '));
    expect(await countNotes(mongod)).toBe(1);
  }, 120_000);

  it('waits for its port where a stranger has taken it meanwhile', async () => {
    const mongod = await start();
    await insertNote(mongod);
    const stranger = createServer();
    const hasPort = () =>
      new Promise<boolean>((resolve) => {
        stranger.once('error', () => resolve(false));
        stranger.listen(mongod.port, '127.0.0.1', () => resolve(true));
      }).finally(() => stranger.removeAllListeners());
    // Where the stranger comes too late, once more: then the pause is longer.
    for (let pid = mongod.pid; ; pid = await recordedPid()) {
      if (isAlive(identify(pid))) process.kill(pid, 'SIGKILL');
      if (await hasPort()) break;
    }
    const refused = `mongod could not be started again: Error: another program listens on port ${mongod.port}`;
    expect(await comesTrue(() => lines.includes(refused), 20_000)).toBe(true);
    await new Promise((resolve) => void stranger.close(resolve));
    expect(await countNotes(mongod)).toBe(1);
  }, 60_000);

  it('starts a killed mongod again under the same address, with its data, and says so', async () => {
    const mongod = await start();
    await insertNote(mongod);
    process.kill(mongod.pid, 'SIGKILL');
    expect(await hasEnded(identify(mongod.pid), 5_000)).toBe(true);
    expect(await countNotes(mongod)).toBe(1);
    expect(lines).toContainEqual(expect.stringContaining(`(pid ${mongod.pid}) ended by itself (SIGKILL)`));
    await mongod.stop();
    expect(lines.filter((line) => line.includes(`ready on port ${mongod.port}`))).toHaveLength(2);
    expect((await start()).how).toBe('started');
  });

  it('waits for a mongod that is shutting down', async () => {
    const first = await start();
    process.kill(first.pid, 'SIGTERM');
    // Until it has taken the signal it is as good as any other.
    expect(await comesTrue(async () => (await servedPath(first.port)) === undefined, 10_000)).toBe(true);
    const second = await start();
    expect(second).toMatchObject({ how: 'started' });
    const stopped = second.stop();
    const third = await start();
    await stopped;
    expect(third).toMatchObject({ how: 'started' });
    expect(third.pid).not.toBe(second.pid);
  });

  it('says what mongod ended with and where its log is', async () => {
    await expect(start({ extraArgs: ['--setParameter', 'noSuchParameter=1'] })).rejects.toThrow(
      /did not start \(.+\); its log is .*mongod\.log/,
    );
  });

  it('refuses data of another major version', async () => {
    await (await start()).stop();
    const path = join(dataDir, 'mongod.json');
    const record = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...record, version: '5.0.9' }));
    await expect(start()).rejects.toThrow(/was written by mongod 5\.0\.9.*\n.*point EMBEDDED_MONGOD to a mongod 5/);
  });
});

describe('two at once', () => {
  it('refuses a second server and lets a command join the first', async () => {
    const server = await start({ owner: { url } });
    await expect(start({ owner: { url: 'http://127.0.0.1:4000' } })).rejects.toThrow(`${url} (pid ${process.pid})`);
    const command = await joinOrStart(options());
    expect(command).toMatchObject({ how: 'adopted', port: server.port, pid: server.pid });
    await command.stop();
    await insertNote(server);
    expect(await countNotes(command)).toBe(1);
  });

  it('launches one mongod for commands that start together', async () => {
    const [first, second] = await Promise.all([start(), start()]);
    expect([first.how, second.how].sort()).toEqual(['adopted', 'started']);
    expect(first.pid).toBe(second.pid);
  });
});

describe('when the process that started it is killed', () => {
  whereThereIs(
    findOnPath('setpriv') !== undefined,
    'setpriv',
    it,
  )('mongod ends with it and the data stay', async () => {
    const { child, mongod: first } = await startInChild(process.env.PATH);
    await insertNote(first);
    process.kill(child.pid, 'SIGKILL');
    const second = await start({ owner: { url } });
    expect(second.how).toBe('started');
    expect(isAlive(identify(first.pid))).toBe(false);
    expect(await countNotes(second)).toBe(1);
  });

  it('without setpriv, the next process adopts the orphan and ends it', async () => {
    const { child, mongod: first } = await startInChild('');
    await insertNote(first);
    process.kill(child.pid, 'SIGKILL');
    await hasEnded(child, 5_000);
    const second = await start({ owner: { url } });
    expect(second).toMatchObject({ how: 'adopted', pid: first.pid, port: first.port });
    expect(await countNotes(second)).toBe(1);
    await second.stop();
    expect(isAlive(identify(first.pid))).toBe(false);
  });

  it('a server waits for the mongod of a command, which ends with the command', async () => {
    const { child, mongod: first } = await startInChild(process.env.PATH);
    const server = start({ owner: { url } });
    setTimeout(() => process.kill(child.pid, 'SIGTERM'), 300);
    expect((await server).how).toBe('started');
    expect(lines[0]).toContain(`(pid ${first.pid}) serves a command (pid ${child.pid})`);
  });
});

function options(overrides: Partial<EmbeddedOptions> = {}): EmbeddedOptions {
  return { dataDir, port: 0, mongod, log: (line) => lines.push(line), ...overrides };
}

async function start(overrides: Partial<EmbeddedOptions> = {}): Promise<EmbeddedMongod> {
  const started = await startEmbeddedMongod(options(overrides));
  running.push(started);
  return started;
}

async function recordedPid(): Promise<number> {
  return (await mongodOn(dataDir)).pid;
}

async function withClient<Result>({ uri }: { uri: string }, work: (client: MongoClient) => Promise<Result>): Promise<Result> {
  const client = new MongoClient(uri);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

function insertNote(server: { uri: string }) {
  return withClient(server, (client) => client.db('test').collection('notes').insertOne({}));
}

function countNotes(server: { uri: string }) {
  return withClient(server, (client) => client.db('test').collection('notes').countDocuments());
}

async function startInChild(path = ''): Promise<{ child: ProcessIdentity; mongod: EmbeddedMongod }> {
  const main = await programOf(
    'src/kernel/mongo',
    join(home, 'program'),
    `import { startEmbeddedMongod } from './embedded-mongod.js';
     process.stdout.write(JSON.stringify(await startEmbeddedMongod({ ...JSON.parse(process.argv[2]), log() {} })));
     setInterval(() => {}, 1000);`,
  );
  const child = spawn(process.execPath, [main, JSON.stringify({ dataDir, port: 0, mongod })], {
    env: { PATH: path },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  forgivePipes(child);
  const [answer] = await Promise.race([
    new Promise<Buffer[]>((resolve) => child.stdout.once('data', (data: Buffer) => resolve([data]))),
    new Promise<never>((_, reject) => child.once('exit', (code) => reject(new Error(`the child ended with ${code}`)))),
  ]);
  return { child: identify(child.pid ?? 0), mongod: JSON.parse(String(answer)) };
}

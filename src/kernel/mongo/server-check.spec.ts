import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { startTestMongod, testMongodSource } from '../../../test/support/mongod.js';
import { freePort, hasEnded, stopProcess } from './mongod-process.js';
import { identify } from './process-identity.js';
import { resolveMongod } from './resolve-mongod.js';
import { assertUsableServer } from './server-check.js';

const shared = () => process.env.TEST_MONGODB_URI ?? '';

describe('a server given by MONGODB_URI', () => {
  it('is taken when it is a replica set with majority writes', async () => {
    await expect(assertUsableServer(shared())).resolves.toBeUndefined();
    await expect(assertUsableServer(`${shared()}&w=majority&journal=true`)).resolves.toBeUndefined();
  });

  it.each(['w=1', 'w=0', 'w=2', 'journal=false', 'w=majority&journal=false'])('is refused when the address says %s', async (option) => {
    await expect(assertUsableServer(`${shared()}&${option}`)).rejects.toThrow('asks for writes that can be lost');
  });

  it('is refused when it is a standalone', async () => {
    const { bin } = await resolveMongod(testMongodSource());
    const dataDir = await mkdtemp(join(tmpdir(), 'payops-standalone-'));
    const port = await freePort(0);
    const mongod = spawn(bin, ['--dbpath', dataDir, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'], {
      stdio: 'ignore',
    });
    const identity = identify(mongod.pid ?? 0);
    try {
      const refusal = assertUsableServer(`mongodb://127.0.0.1:${port}/`);
      await expect(refusal).rejects.toThrow(
        /127\.0\.0\.1:\d+\) is a standalone server, which has no transactions\.\nStart it with --replSet/,
      );
    } finally {
      await stopProcess(identity);
      await hasEnded(identity, 5_000);
      await rm(dataDir, { recursive: true, force: true });
    }
  });

  it('is refused while its default write concern is below majority', async () => {
    const mongod = await startTestMongod();
    const client = new MongoClient(mongod.uri);
    const setDefault = (w: number | string) => client.db('admin').command({ setDefaultRWConcern: 1, defaultWriteConcern: { w } });
    try {
      await setDefault(1);
      await expect(assertUsableServer(mongod.uri)).rejects.toThrow(/below majority.*\nRun db\.adminCommand\(\{setDefaultRWConcern/);
      await setDefault('majority');
      await expect(assertUsableServer(mongod.uri)).resolves.toBeUndefined();
    } finally {
      await client.close();
      await mongod.stop();
    }
  });
});

import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type Document, MongoClient } from 'mongodb';
import { hasCode } from './error-code.js';

const PROBE_TIMEOUT_MS = 500;
const CONNECT_TIMEOUT_MS = 5_000;
const ELECTION_TIMEOUT_MS = 30_000;
const POLL_MS = 20;
const NOT_YET_INITIALIZED = 94;

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** The data path of the mongod that answers there; a shutting-down one answers no more. */
export async function servedPath(port: number): Promise<string | undefined> {
  if (!(await isListening(port))) return undefined;
  try {
    return await withAdmin(port, PROBE_TIMEOUT_MS, async (command) => {
      const { parsed } = await command({ getCmdLineOpts: 1 });
      return String(parsed?.storage?.dbPath);
    });
  } catch {
    return undefined;
  }
}

/** Makes the mongod the only member of rs0 under its present port and waits until it takes writes. */
export async function becomePrimary(port: number): Promise<void> {
  const host = `127.0.0.1:${port}`;
  await withAdmin(port, CONNECT_TIMEOUT_MS, async (command) => {
    const config = await configOf(command);
    if (config === undefined) {
      await command({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host }] } });
    } else if (config.members[0]?.host !== host) {
      // After a change of port the set knows only a member that is gone: no majority can agree on a new one, hence the force.
      const moved = { ...config, version: config.version + 1, members: [{ ...config.members[0], host }] };
      await command({ replSetReconfig: moved, force: true });
    }
    const until = Date.now() + ELECTION_TIMEOUT_MS;
    while ((await command({ hello: 1 })).isWritablePrimary !== true) {
      if (Date.now() > until) throw new Error(`mongod on port ${port} did not become primary in ${ELECTION_TIMEOUT_MS / 1000} s`);
      await pause(POLL_MS);
    }
  });
}

type Command = (command: Document) => Promise<Document>;

interface ReplicaSetConfig {
  readonly version: number;
  readonly members: readonly { readonly host: string }[];
}

async function configOf(command: Command): Promise<ReplicaSetConfig | undefined> {
  try {
    const { config } = await command({ replSetGetConfig: 1 });
    return config;
  } catch (error) {
    if (hasCode(error, NOT_YET_INITIALIZED)) return undefined;
    throw error;
  }
}

async function withAdmin<Result>(port: number, timeoutMs: number, work: (command: Command) => Promise<Result>): Promise<Result> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, { serverSelectionTimeoutMS: timeoutMs });
  try {
    await client.connect();
    return await work((command) => client.db('admin').command(command));
  } finally {
    await client.close();
  }
}

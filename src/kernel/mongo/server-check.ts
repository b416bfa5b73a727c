import { type Document, MongoClient } from 'mongodb';
import { hasCode } from './error-code.js';

const CONNECT_TIMEOUT_MS = 10_000;
const UNAUTHORIZED = 13;

/** Refuses a MONGODB_URI on which a transaction cannot run, or an acknowledged write could be lost. */
export async function assertUsableServer(uri: string): Promise<void> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: CONNECT_TIMEOUT_MS });
  try {
    const { hosts, writeConcern } = client.options;
    const server = hosts.join(',');
    const carried = concernOf(writeConcern);
    if (carried.weak) throw weakUri(server);
    await client.connect();
    const command = (document: Document) => client.db('admin').command(document);
    if (!keepsTransactions(await command({ hello: 1 }))) throw standalone(server);
    const fallback = await defaultConcern(command);
    if (fallback === 'unreadable' ? !carried.given : concernOf(fallback).weak || fallback?.w === undefined) throw weakDefault(server);
  } finally {
    await client.close();
  }
}

interface Concern {
  readonly w?: unknown;
  readonly j?: boolean;
}

/** Only `majority` is the majority whatever the size of the set; a number is not. */
function concernOf(concern: Concern | undefined): { weak: boolean; given: boolean } {
  const given = concern?.w !== undefined;
  return { given, weak: (given && concern.w !== 'majority') || concern?.j === false };
}

function keepsTransactions(hello: Document): boolean {
  return hello.setName !== undefined || hello.msg === 'isdbgrid';
}

async function defaultConcern(command: (document: Document) => Promise<Document>): Promise<Concern | 'unreadable' | undefined> {
  try {
    const { defaultWriteConcern } = await command({ getDefaultRWConcern: 1 });
    return defaultWriteConcern;
  } catch (error) {
    if (hasCode(error, UNAUTHORIZED)) return 'unreadable';
    throw error;
  }
}

function weakUri(server: string): Error {
  return new Error(
    `MONGODB_URI (${server}) asks for writes that can be lost: its w or journal option is below a journalled majority.\n` +
      'Remove w and journal from it, or write w=majority and journal=true.',
  );
}

function standalone(server: string): Error {
  return new Error(
    `MONGODB_URI (${server}) is a standalone server, which has no transactions.\n` +
      'Start it with --replSet rs0 and run rs.initiate() once, or remove MONGODB_URI to use the embedded database outside production.',
  );
}

function weakDefault(server: string): Error {
  return new Error(
    `MONGODB_URI (${server}): the default write concern of the server is below majority, or this user may not read it.\n` +
      "Run db.adminCommand({setDefaultRWConcern: 1, defaultWriteConcern: {w: 'majority'}}), or add w=majority to MONGODB_URI where it is unreadable.",
  );
}

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { testDatabaseUri } from '../../../test/support/database.js';
import { Database } from './database.js';
import { isCutOff, isUnreachable } from './driver-faults.js';

const sockets: Socket[] = [];
const opened = (message: unknown) => void sockets.push((message as { readonly socket: Socket }).socket);
let database: Database;

beforeAll(async () => {
  subscribe('net.client.socket', opened);
  database = await Database.connect(testDatabaseUri('closed-sockets'));
});
afterAll(async () => {
  await database.client.close();
  unsubscribe('net.client.socket', opened);
});

const settled = (work: Promise<unknown>): Promise<unknown> => {
  const patience = new Promise((resolve) => void setTimeout(resolve, 5_000, 'nothing in 5 s').unref());
  return Promise.race([work.then(() => 'done').catch((error: unknown) => error), patience]);
};

it('what is sent in the moment in which its connection ends fails, and does not wait for ever', async () => {
  const rows = database.db.collection('rows');
  await rows.insertOne({});
  // As the end of the other side does it: without an error, and `close` is told later.
  for (const socket of sockets) socket.destroy();
  const error = await settled(rows.insertOne({}));
  expect(error).toMatchObject({ code: 'ERR_STREAM_DESTROYED' });
  expect([isUnreachable(error), isCutOff(error)]).toEqual([true, true]);
  expect(await settled(rows.findOne())).toBe('done');
});

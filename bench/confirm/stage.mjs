import { MongoClient } from 'mongodb';
import { databaseUri } from '../mongod.mjs';
import { atEnd, temporaryDirectory } from '../resources.mjs';
import { overDatabase, programs, signIn, startServer } from '../server.mjs';
import { account, credentials } from './requests.mjs';

/**
 * The sandbox, the product with an account there, the bare program, and a database that both share.
 * @param {string} mongod
 */
export async function openStage(mongod) {
  const uri = databaseUri(mongod, 'confirm');
  const sandbox = await startServer(programs.sandbox, { SANDBOX_PORT: '0', SANDBOX_DATA: await temporaryDirectory() });
  const env = { ...overDatabase(uri), SANDBOX_URL: sandbox.url };
  const [product, bare] = [await startServer(programs.product, env), await startServer(programs.bareConfirm, env)];
  const headers = await signIn(product);
  await openAccount(product, headers);
  const client = await MongoClient.connect(uri);
  atEnd(() => client.close());
  return { db: client.db(), sandbox, product, bare, headers };
}

/**
 * @param {import('../server.mjs').Server} server
 * @param {Record<string, string>} headers
 */
async function openAccount({ url }, headers) {
  const body = JSON.stringify({ ...account, credentials });
  const asked = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body };
  const answer = await fetch(`${url}/api/v1/providers`, asked);
  if (!answer.ok) throw new Error(`No account: ${answer.status} ${await answer.text()}`);
}

/** @param {number} megabytes */
export const asMegabytes = (megabytes) => `${megabytes.toFixed(0)} MB`;

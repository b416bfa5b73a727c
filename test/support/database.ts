import { randomUUID } from 'node:crypto';

/** The mongod that the whole run shares, with a database that nobody else uses. */
export function testDatabaseUri(name = 'test'): string {
  const shared = process.env.TEST_MONGODB_URI;
  if (shared === undefined) throw new Error('TEST_MONGODB_URI is not set: run the suites with jest, whose global setup starts a mongod.');
  const uri = new URL(shared);
  uri.pathname = `/${name}-${randomUUID().slice(0, 8)}`;
  return uri.href;
}

import Module from 'node:module';
import { MongoClient } from 'mongodb';
import type { TestMongod } from './mongod.js';

type Resolve = (request: string, ...rest: unknown[]) => string;

declare global {
  var sharedTestMongod: TestMongod | undefined;
}

export default async function globalSetup(): Promise<void> {
  mapScriptSuffixes();
  const [{ startTestMongod }, { scale }] = await Promise.all([import('./mongod.js'), import('./random.js')]);
  // The server's own clock says what has expired; suites that turn the clock would lose what they have just written.
  globalThis.sharedTestMongod = await startTestMongod({ extraArgs: ['--setParameter', 'ttlMonitorEnabled=false'] });
  // Of a suite that kills processes, half is waiting for the transactions that those leave behind.
  await setParameter(globalThis.sharedTestMongod, { transactionLifetimeLimitSeconds: scale(4, 10) });
  process.env.TEST_MONGODB_URI = globalThis.sharedTestMongod.uri;
}

async function setParameter({ uri }: TestMongod, parameter: Record<string, number>): Promise<void> {
  const client = await MongoClient.connect(uri);
  await client.db('admin').command({ setParameter: 1, ...parameter });
  await client.close();
}

/** Jest transforms what a global setup imports, but does not apply moduleNameMapper to it. */
function mapScriptSuffixes(): void {
  const resolve: Resolve = Reflect.get(Module, '_resolveFilename');
  const resolveScript: Resolve = (request, ...rest) => {
    try {
      return resolve(request, ...rest);
    } catch (error) {
      if (!/^\.{1,2}\/.*\.js$/.test(request)) throw error;
      return resolve(request.replace(/\.js$/, '.ts'), ...rest);
    }
  };
  Reflect.set(Module, '_resolveFilename', resolveScript);
}

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What the built command-line tool prints; it throws where the tool fails, or finds something wrong. */
export async function payops(mongodbUri: string, ...words: string[]): Promise<string> {
  const env = {
    ...process.env,
    MONGODB_URI: mongodbUri,
    APP_SECRET: 'a secret of the test suites only',
    NODE_ENV: 'test',
    LOG_LEVEL: 'error',
  };
  const { stdout } = await promisify(execFile)(process.execPath, [join(__dirname, '../../dist/bundle/payops.js'), ...words], { env });
  return stdout;
}

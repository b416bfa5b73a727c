import { join } from 'node:path';
import { runProgram } from './run-program.js';

/** What the built command-line tool prints; it throws where the tool fails, or finds something wrong. */
export function payops(mongodbUri: string, ...words: string[]): Promise<string> {
  const env = {
    ...process.env,
    MONGODB_URI: mongodbUri,
    APP_SECRET: 'a secret of the test suites only',
    NODE_ENV: 'test',
    LOG_LEVEL: 'error',
  };
  return runProgram([join(__dirname, '../../dist/bundle/payops.js'), ...words], { env });
}

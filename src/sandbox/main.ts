import { startSandbox } from './sandbox.js';

const { SANDBOX_PORT = '3100', SANDBOX_DATA = '.data/sandbox', SANDBOX_SEED = 'sandbox' } = process.env;

/** It plays three payment providers for programs on this machine only. */
async function main(): Promise<void> {
  if (!/^\d{1,5}$/.test(SANDBOX_PORT)) throw new Error('SANDBOX_PORT must be a port number');
  const sandbox = await startSandbox({ host: '127.0.0.1', port: Number(SANDBOX_PORT), store: SANDBOX_DATA, seed: SANDBOX_SEED });
  const stop = () => void sandbox.close().then(() => process.exit(0));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  process.stdout.write(`Sandbox is ready at ${sandbox.url} (sandbox, no money moves)\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

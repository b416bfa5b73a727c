// The suites of several and of killed processes, and of random runs, at the size that takes its time; a failing one prints its seed.
process.env.SOAK = '1';
process.argv.splice(2, 0, 'test/e2e/process', 'src/ledger/ledger-model', 'src/ledger/ledger-verifier', '--runInBand');
await import('./test.mjs');

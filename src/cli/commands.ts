type Runs = typeof import('./runs.js');

export interface Command {
  readonly name: string;
  readonly help: string;
  /** What it does is loaded when it is wanted: whoever asks how it is used need not wait for the whole product. */
  readonly run: keyof Runs;
}

/** Brings a database, servers and a sandbox of its own, and works on nothing that is there. */
export const harness = {
  name: 'harness payments',
  help:
    'kills servers of its own while payments go through a sandbox that fails, and compares all money with its books;\n' +
    'with --count, --seed and --json; it ends with 1 where anything differs',
};

/** All of them may run beside servers. */
export const commands: readonly Command[] = [
  {
    name: 'analytics rebuild',
    help: 'counts the day buckets of payments anew, from the payments themselves',
    run: 'rebuildBuckets',
  },
  {
    name: 'ledger verify',
    help: 'recomputes the whole ledger and names the first bad row of each tenant, if there is one; then it ends with 1',
    run: 'verifyLedger',
  },
  {
    name: 'ledger rebuild',
    help: 'makes account rows anew from the entries, where they differ; restart the servers when it has repaired any',
    run: 'rebuildLedger',
  },
  {
    name: 'ledger export',
    help: 'writes all batches and entries to the standard output, a line of JSON each',
    run: 'exportLedger',
  },
];

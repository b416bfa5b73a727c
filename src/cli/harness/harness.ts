import { setTimeout as pause } from 'node:timers/promises';
import { drawsOf } from '../../routing/chance.js';
import { openAccounts } from './accounts.js';
import { ApiClient } from './api-client.js';
import { Customers } from './customers.js';
import { findingsOf } from './findings.js';
import { Killer } from './killer.js';
import { OwnBooks } from './own-books.js';
import { reportOf, type HarnessReport } from './report.js';
import { SandboxClient } from './sandbox-client.js';
import { openStage, type Stage, type StageConfig } from './stage.js';

export interface HarnessOptions {
  readonly count: number;
  readonly seed: number;
  readonly config: StageConfig;
  readonly log: (line: string) => void;
  readonly progress: (done: number, of: number) => void;
}

const atOnce = 12;
const paymentsARound = 1_000;
const restPatienceMs = 420_000;
const lookEveryMs = 500;

/** Payments through servers that are killed and providers that fail, and then everything compared with the providers' books. */
export async function runHarness(options: HarnessOptions): Promise<HarnessReport> {
  const stage = await openStage(options.config, options.seed, options.log);
  try {
    const own = await OwnBooks.open(stage.mongodbUri);
    try {
      return await play(stage, own, options);
    } finally {
      await own.close();
    }
  } finally {
    await stage.close();
  }
}

async function play(stage: Stage, own: OwnBooks, { count, seed, progress }: HarnessOptions): Promise<HarnessReport> {
  const { nodes, login, sandboxUrl } = stage;
  const draw = drawsOf(`harness ${seed}`);
  const sandbox = new SandboxClient(sandboxUrl);
  const api = new ApiClient(nodes, login, draw);
  const killer = new Killer(nodes, Math.max(1, Math.round(count / paymentsARound)), draw);
  await own.hurry();
  await killer.start();
  await openAccounts(api, sandbox, nodes);
  await sandbox.trouble();
  const run = { seed, count, atOnce, share: () => killer.share, begun: (payments: number) => progress(payments, count) };
  const paying = new Customers(api, sandbox).run(run).then(() => killer.stop());
  await Promise.all([paying, killer.run()]);
  const faults = await sandbox.counts();
  await sandbox.calm();
  const restedMs = await rested(own, sandbox);
  const [books, payments, steps, deadJobs] = await Promise.all([sandbox.books(), own.payments(), own.steps(), own.deadJobs()]);
  const { history, tally, unexpected } = api;
  const findings = findingsOf({ books, payments, steps, deadJobs, history });
  return reportOf({ seed, count, faults, kills: killer.kills, books, payments, history, tally, unexpected, restedMs, findings });
}

/** Until nothing is on its way any more; what stays there is found afterwards. */
async function rested(own: OwnBooks, sandbox: SandboxClient): Promise<number> {
  const began = Date.now();
  for (let quiet = 0; quiet < 2 && Date.now() - began < restPatienceMs; await pause(lookEveryMs)) {
    // Who was sent away later than they would wait for comes back after all.
    for (const { account, providerId } of await own.awaited()) await sandbox.decide(account, providerId, 'approve');
    const isQuiet = (await own.open()) === 0 && (await sandbox.underWay()) === 0;
    quiet = isQuiet ? quiet + 1 : 0;
  }
  return Date.now() - began;
}

import { loadConfig } from '../../kernel/config/config.js';
import { Progress } from '../progress.js';
import { runHarness } from './harness.js';
import { linesOf } from './report.js';

export interface HarnessAsked {
  readonly count: number;
  readonly seed: number;
  readonly json: boolean;
}

/** False where something is not as it should be, or was not tried. */
export async function harnessPayments({ count, seed, json }: HarnessAsked): Promise<boolean> {
  const progress = new Progress('payments');
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const report = await runHarness({ count, seed, config: loadConfig(), log, progress: progress.report });
  progress.end();
  const text = json ? JSON.stringify(report) : [...linesOf(report), `${progress.seconds} s`].join('\n');
  process.stdout.write(`${text}\n`);
  return report.isWell;
}

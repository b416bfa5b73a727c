import { execFile } from 'node:child_process';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { asCount } from './stats.mjs';

/**
 * Resident memory of a process in megabytes of 1,000,000 bytes; `ps` counts in 1,024.
 * @param {number} pid
 */
export async function memoryOf(pid) {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  return (Number(stdout) * 1024) / 1e6;
}

/** @param {string} mongodVersion */
export function machineOf(mongodVersion) {
  const cores = cpus();
  const memory = `${asCount(totalmem() / 2 ** 20)} MiB`;
  return [
    `${cores.length} cores (${cores[0]?.model.trim() ?? 'unknown'}), ${memory}, ${platform()} ${release()}`,
    `node ${process.version}, mongod ${mongodVersion}`,
    `load average before the run ${loadAverage()}`,
  ].join('; ');
}

/** One minute's; what other programs do at the same time shows here. */
export const loadAverage = () => loadavg()[0]?.toFixed(2) ?? '';

import { readFileSync } from 'node:fs';
import { hasCode } from './error-code.js';

/** A pid may be given to another process later; a pid with the moment it started may not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Known only where /proc is. */
  readonly startedAt?: string;
}

export function identify(pid: number): ProcessIdentity {
  const startedAt = readStat(pid)?.startedAt;
  return startedAt === undefined ? { pid } : { pid, startedAt };
}

export function isAlive({ pid, startedAt }: ProcessIdentity): boolean {
  const stat = readStat(pid);
  if (stat === undefined) return takesSignals(pid);
  // A zombie holds no files any more, and a container without an init may keep it for ever; but the first thread of a process
  // that is ending is one too, while the others still hold what they opened.
  if ((stat.state === 'Z' || stat.state === 'X') && stat.threads === '1') return false;
  return startedAt === undefined || startedAt === stat.startedAt;
}

export function isSameProcess(one: ProcessIdentity, other: ProcessIdentity): boolean {
  return one.pid === other.pid && one.startedAt === other.startedAt;
}

/** Fields of proc_pid_stat(5), of a process or of a thread by its own id; undefined where there is none, or no /proc. */
export function readStat(pid: number): { state?: string; threads?: string; startedAt?: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name in parentheses that may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], threads: fields[17], startedAt: fields[19] };
  } catch {
    return undefined;
  }
}

function takesSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

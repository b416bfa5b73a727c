import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { hasCode } from './error-code.js';
import { findOnPath } from './mongod-binary.js';
import { identify, isAlive, type ProcessIdentity } from './process-identity.js';

const POLL_MS = 20;
const STOP_PATIENCE_MS = 10_000;

export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
}
export interface SpawnedMongod {
  readonly identity: ProcessIdentity;
  readonly diesWithParent: boolean;
  /** How it ended, once it has. */
  readonly ended: Promise<Ending>;
}

export interface MongodSettings {
  readonly bin: string;
  readonly port: number;
  readonly databasePath: string;
  readonly logPath: string;
  readonly extraArgs?: readonly string[];
}

export async function spawnMongod(settings: MongodSettings): Promise<SpawnedMongod> {
  // The kernel then ends mongod with this process, even when it is killed; other systems leave an orphan to be adopted.
  const setpriv = findOnPath('setpriv');
  const [command, args] =
    setpriv === undefined
      ? [settings.bin, argumentsOf(settings)]
      : [setpriv, ['--pdeathsig', 'TERM', '--', settings.bin, ...argumentsOf(settings)]];
  // Detached: Ctrl-C goes to the whole process group, and the server still needs its database to finish.
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  const ended = new Promise<Ending>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await once(child, 'spawn');
  if (child.pid === undefined) throw new Error(`${command} has no pid`);
  child.unref();
  const kill = () => void child.kill('SIGTERM');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return { identity: identify(child.pid), diesWithParent: setpriv !== undefined, ended };
}

export async function stopProcess(identity: ProcessIdentity): Promise<void> {
  sendSignal(identity, 'SIGTERM');
  if (await hasEnded(identity, STOP_PATIENCE_MS)) return;
  sendSignal(identity, 'SIGKILL');
  await hasEnded(identity, STOP_PATIENCE_MS);
}

export function hasEnded(identity: ProcessIdentity, patienceMs: number): Promise<boolean> {
  return comesTrue(() => !isAlive(identity), patienceMs);
}

export async function comesTrue(condition: () => boolean | Promise<boolean>, patienceMs: number): Promise<boolean> {
  const until = Date.now() + patienceMs;
  while (!(await condition())) {
    if (Date.now() > until) return false;
    await pause(POLL_MS);
  }
  return true;
}

/** The port itself when nobody listens on it, otherwise (and for 0) a free one. */
export async function freePort(wanted: number): Promise<number> {
  return (await tryListening(wanted)) ?? (await tryListening(0)) ?? wanted;
}

function tryListening(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const taken = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => resolve(taken));
    });
  });
}

function argumentsOf({ port, databasePath, logPath, extraArgs = [] }: MongodSettings): string[] {
  const options: Record<string, string> = {
    '--replSet': 'rs0',
    '--bind_ip': '127.0.0.1',
    '--port': String(port),
    '--dbpath': databasePath,
    '--logpath': logPath,
    '--wiredTigerCacheSizeGB': '0.25',
  };
  const parameters = ['diagnosticDataCollectionEnabled=false', 'transactionLifetimeLimitSeconds=10'];
  return [
    ...Object.entries(options).flat(),
    '--nounixsocket',
    '--logappend',
    '--quiet',
    ...parameters.flatMap((parameter) => ['--setParameter', parameter]),
    ...extraArgs,
  ];
}

function sendSignal(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

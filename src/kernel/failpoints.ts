import { setTimeout as pause } from 'node:timers/promises';

const modes = ['kill', 'hang', 'throw', 'delay'] as const;
interface Failure {
  readonly mode: (typeof modes)[number];
  /** Waited before it happens, with the event loop going on. */
  readonly ms: number;
  /** Times that the place is still passed unharmed. */
  passes: number;
}

/** What a failpoint throws that was told to. */
export class InjectedFailure extends Error {}

let armed: Map<string, Failure> | undefined;
const spelled = /^([a-z.-]+)=(\w+)(?::(\d{1,6}))?(?:@([1-9]\d{0,5}))?$/;

/** As in `ledger.header-inserted=kill@7,ledger.commit-sent=delay:50`: what happens, after how many milliseconds, the how many-th time. */
export function armFailpoints(text: string | undefined): void {
  armed = text === undefined ? undefined : new Map(text.split(',').map(read));
}

function read(text: string): [name: string, failure: Failure] {
  const [, name = '', mode, ms = '0', nth = '1'] = spelled.exec(text) ?? [];
  const known = modes.find((candidate) => candidate === mode);
  if (!known) throw new Error(`${text} is no failpoint`);
  return [name, { mode: known, ms: Number(ms), passes: Number(nth) - 1 }];
}

/** A place at which a test has this process fail, once. Elsewhere than in tests it costs one look at what is never set. */
export function failpoint(name: string): Promise<void> | undefined {
  const failure = armed?.get(name);
  if (!failure || failure.passes-- > 0) return undefined;
  armed?.delete(name);
  return fail(name, failure);
}

async function fail(name: string, { mode, ms }: Failure): Promise<void> {
  process.stderr.write(`failpoint ${name}: ${mode}\n`);
  if (ms > 0) await pause(ms);
  if (mode === 'delay') return;
  if (mode === 'throw') throw new InjectedFailure(name);
  if (mode === 'kill') process.kill(process.pid, 'SIGKILL');
  await new Promise(() => {});
}

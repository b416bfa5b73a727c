import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const patienceMs = 120_000;

/** Programs that run, so that none is left when this one ends. */
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

export interface ProgramOptions {
  readonly file: string;
  /** All that it sees: nothing of the user's own settings counts. */
  readonly env: Readonly<Record<string, string>>;
  /** Outside the project, so that no .env counts either. */
  readonly cwd: string;
}

/** A program of the product in a process of its own, since only that can be killed. */
export class Program {
  /** Resolves when the process is gone. */
  readonly ended: Promise<unknown>;
  private text = '';

  private constructor(private readonly child: ChildProcess) {
    running.add(child);
    this.ended = once(child, 'close').then(() => running.delete(child));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
      // Its pipes may be reset when it ends; what it wrote has been read by then.
      stream?.on('error', () => {});
    }
  }

  static launch({ file, env, cwd }: ProgramOptions): Program {
    return new Program(spawn(process.execPath, [file], { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  /** What it has written so far. */
  get output(): string {
    return this.text;
  }

  /** Its address, which it says when it is ready. @throws Error where it ends before */
  ready(pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`A program ${why}:\n${this.text}`));
      const timer = setTimeout(() => fail('was not ready in time'), patienceMs);
      const look = () => {
        const [, url] = pattern.exec(this.text) ?? [];
        if (url === undefined) return;
        clearTimeout(timer);
        resolve(url);
      };
      this.child.stdout?.on('data', look);
      void this.ended.then(() => {
        clearTimeout(timer);
        fail('has ended');
      });
    });
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

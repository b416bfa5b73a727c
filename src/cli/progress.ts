import type { WriteStream } from 'node:tty';

type Out = Pick<WriteStream, 'isTTY' | 'write'>;

const everyMs = { line: 200, plain: 5_000 };

/** Tells on a stream how far a long run has come, how fast it goes and what is left: on a terminal in one line, elsewhere in a line every few seconds. */
export class Progress {
  private readonly begun: number;
  private told: number;

  constructor(
    private readonly what: string,
    private readonly out: Out = process.stderr,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.begun = this.told = now();
  }

  /** To be called as often as is convenient. */
  readonly report = (done: number, of: number): void => {
    const now = this.now();
    if (now - this.told < (this.out.isTTY ? everyMs.line : everyMs.plain)) return;
    this.told = now;
    const line = this.lineOf(done, of);
    this.out.write(this.out.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
  };

  /** Leaves the line free for what comes next. */
  end(): void {
    if (this.out.isTTY && this.told > this.begun) this.out.write('\r\u001b[K');
  }

  /** Seconds since the beginning, with one decimal. */
  get seconds(): string {
    return ((this.now() - this.begun) / 1000).toFixed(1);
  }

  /** How many of so many were done in a second. */
  rate(done: number): string {
    return figure(done / Math.max((this.now() - this.begun) / 1000, 0.001));
  }

  private lineOf(done: number, of: number): string {
    const left = Math.max(of - done, 0) / Math.max(done / (this.now() - this.begun), Number.MIN_VALUE) / 1000;
    const rest = done === 0 ? '' : `, ${Math.ceil(left)} s left`;
    return `${figure(done)} of ${figure(Math.max(of, done))} ${this.what}, ${this.rate(done)} a second${rest}`;
  }
}

/** A whole number with its thousands apart. */
export const figure = (value: number): string => Math.round(value).toLocaleString('en');

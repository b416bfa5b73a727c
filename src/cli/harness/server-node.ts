import { Program, type ProgramOptions } from './program.js';

const ready = /Payops is ready at (\S+)/;
const killed = /failpoint (\S+): kill/;

/** One server that is killed and started again, always at the same address. */
export class ServerNode {
  private program: Program | undefined;
  private address = '';
  private isReady = false;

  constructor(private readonly options: ProgramOptions) {}

  get url(): string {
    return this.address;
  }

  get isUp(): boolean {
    return this.isReady;
  }

  /** What its latest process has said. */
  get output(): string {
    return this.program?.output ?? '';
  }

  /** Resolves when it is ready, or was killed at the failpoint before it was. */
  async start(failpoint?: string): Promise<void> {
    const port = this.address === '' ? '0' : new URL(this.address).port;
    const env = { ...this.options.env, PORT: port, ...(failpoint !== undefined && { FAILPOINTS: failpoint }) };
    const program = Program.launch({ ...this.options, env });
    this.program = program;
    try {
      this.address = await program.ready(ready);
      this.isReady = true;
    } catch (error) {
      await program.kill();
      if (!killed.test(program.output)) throw error;
    }
    void program.ended.then(() => (this.isReady = false));
  }

  /** When the process has ended: at which failpoint, if at one. */
  async killedAt(): Promise<string | undefined> {
    await this.program?.ended;
    return killed.exec(this.output)?.[1];
  }

  async kill(): Promise<void> {
    await this.program?.kill();
  }
}

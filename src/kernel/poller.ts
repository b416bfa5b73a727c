/** Looks for work every so often, one look at a time; after one that fails, the next begins where it stopped. */
export class Poller {
  private readonly timer: NodeJS.Timeout;
  private running: Promise<void> | undefined;

  constructor(
    private readonly look: () => Promise<void>,
    everyMs: number,
  ) {
    this.timer = setInterval(() => this.poll(), everyMs).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private poll(): void {
    this.running ??= this.look()
      .catch(() => {})
      .finally(() => (this.running = undefined));
  }
}

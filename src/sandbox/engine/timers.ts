/** Timers by name; a name has one at most, and none keeps the process alive. */
export class Timers {
  private readonly timers = new Map<string, NodeJS.Timeout>();

  has(name: string): boolean {
    return this.timers.has(name);
  }

  set(name: string, at: number, work: () => void): void {
    clearTimeout(this.timers.get(name));
    const run = () => {
      this.timers.delete(name);
      work();
    };
    this.timers.set(name, setTimeout(run, Math.max(0, at - Date.now())).unref());
  }

  clear(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }
}

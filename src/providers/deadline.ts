/** The time that one operation has for all of its requests together. */
export class Deadline {
  private readonly end: number;

  constructor(timeoutMs: number) {
    this.end = performance.now() + timeoutMs;
  }

  get leftMs(): number {
    return Math.max(0, Math.ceil(this.end - performance.now()));
  }
}

interface Waiting<Value> {
  readonly ids: Set<string>;
  readonly found: Promise<ReadonlyMap<string, Value>>;
}

/** Reads what several ask for at the same moment in one question: a round trip each costs more than what it brings. */
export class Together<Value> {
  private waiting: Waiting<Value> | undefined;

  constructor(private readonly load: (ids: readonly string[]) => Promise<ReadonlyMap<string, Value>>) {}

  /** Undefined where there is no such thing. Fails as the question does in which it was asked for. */
  async find(id: string): Promise<Value | undefined> {
    this.waiting ??= this.gather();
    this.waiting.ids.add(id);
    return (await this.waiting.found).get(id);
  }

  /** Until the event loop has brought all that was there to be read. */
  private gather(): Waiting<Value> {
    const ids = new Set<string>();
    const found = new Promise<void>((resolve) => void setImmediate(resolve)).then(() => {
      this.waiting = undefined;
      return this.load([...ids]);
    });
    return { ids, found };
  }
}

import type { WebhookTarget } from './settings.js';
import type { Table } from './store.js';
import { Timers } from './timers.js';

export interface Message {
  readonly id: string;
  readonly event: unknown;
  readonly dueAt: number;
  readonly attempts: number;
  /** Goes when another one has arrived before it, or when it is due after all. */
  readonly isHeld: boolean;
}
export interface Dressed {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
/** The event as the provider sends and signs it. */
export type Dress = (event: unknown, secret: string) => Dressed;

const answerMs = 10_000;
const firstRetryMs = 500;
const maxAttempts = 10;
const maxAtOnce = 16;

/** Brings webhooks to where they belong: at least once, later and later while nobody takes them, and again after a restart. */
export class Courier {
  private readonly timers = new Timers();
  private readonly waiting: string[] = [];
  private readonly held = new Set<string>();
  private underWay = 0;
  private dress: Dress | undefined;

  constructor(
    private readonly outbox: Table<Message>,
    private readonly target: () => WebhookTarget | undefined,
    private readonly count: (what: string) => void,
  ) {}

  start(dress: Dress): void {
    this.dress = dress;
    for (const { id } of this.outbox.rows()) this.arm(id);
  }

  /** To be sent once the transaction that it stands in is in the journal. */
  put(message: Message): void {
    this.outbox.put(message.id, message);
    setImmediate(() => this.arm(message.id));
  }

  pending(): number {
    return this.outbox.rows().length;
  }

  stop(): void {
    this.dress = undefined;
    this.timers.clear();
    this.held.clear();
    this.waiting.length = 0;
  }

  private arm(id: string): void {
    const message = this.outbox.get(id);
    if (!this.dress || !message) return;
    if (message.isHeld) this.held.add(id);
    this.timers.set(id, message.dueAt, () => this.go(id));
  }

  private go(id: string): void {
    this.waiting.push(id);
    this.next();
  }

  private release(): void {
    for (const id of this.held) if (this.timers.has(id)) this.timers.set(id, 0, () => this.go(id));
    this.held.clear();
  }

  private next(): void {
    while (this.underWay < maxAtOnce) {
      const id = this.waiting.shift();
      if (id === undefined) return;
      this.underWay++;
      void this.deliver(id).finally(() => {
        this.underWay--;
        this.next();
      });
    }
  }

  private async deliver(id: string): Promise<void> {
    const [message, target, { dress }] = [this.outbox.get(id), this.target(), this];
    if (!message || !target || !dress) return;
    const isTaken = await this.send(target.url, dress(message.event, target.secret));
    // Stopped or reset meanwhile: whoever starts next sends it again.
    if (!this.dress || !this.outbox.has(id)) return;
    if (!isTaken) return this.again(message);
    this.outbox.remove(id);
    if (!message.isHeld) this.release();
  }

  private again(message: Message): void {
    const attempts = message.attempts + 1;
    if (attempts < maxAttempts) return this.put({ ...message, attempts, dueAt: Date.now() + firstRetryMs * 2 ** message.attempts });
    this.outbox.remove(message.id);
    this.count('webhook_given_up');
  }

  private async send(url: string, { headers, body }: Dressed): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(answerMs);
      const reply = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
        signal,
        redirect: 'manual',
      });
      await reply.arrayBuffer();
      return reply.ok;
    } catch {
      return false;
    }
  }
}

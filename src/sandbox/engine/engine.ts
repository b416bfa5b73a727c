import { join } from 'node:path';
import { Chance } from './chance.js';
import { Courier, type Message } from './courier.js';
import { type Deferral, Deferrals } from './deferrals.js';
import { Journal } from './journal.js';
import { type ProviderName, type Settings, settingsReader, type WebhookTarget } from './settings.js';
import { Store, type Table } from './store.js';

/** How long a reordered message waits for another one to overtake it. */
const detourMs = 5_000;
const theOne = 'the one';
const initialSettings = settingsReader.parse({});

export interface EngineOptions {
  readonly directory: string;
  readonly seed: string;
  readonly now: () => Date;
  /** Where the sandbox is reached, known once it listens. */
  readonly baseUrl: () => string;
}

/** What every simulated provider stands on: a store, chance, switches, and work that it does by itself. */
export class Engine {
  readonly store: Store;
  readonly chance: Chance;
  readonly courier: Courier;
  readonly deferrals: Deferrals;
  readonly now: () => Date;
  readonly baseUrl: () => string;
  private readonly settingsRow: Table<Settings>;
  private readonly targetRow: Table<WebhookTarget>;
  private readonly counts: Table<number>;
  private messages = 0;

  constructor(
    readonly name: ProviderName,
    readonly options: EngineOptions,
  ) {
    this.store = new Store(new Journal(join(options.directory, `${name}.journal`)));
    this.now = options.now;
    this.baseUrl = options.baseUrl;
    this.chance = new Chance(options.seed, name, this.store.table('draws'));
    this.settingsRow = this.store.table('settings');
    this.targetRow = this.store.table('target');
    this.counts = this.store.table('counts');
    this.courier = new Courier(
      this.store.table<Message>('outbox'),
      () => this.target(),
      (what) => this.count(what),
    );
    this.deferrals = new Deferrals(this.store, this.store.table<Deferral>('deferrals'));
  }

  settings(): Settings {
    return this.settingsRow.get(theOne) ?? initialSettings;
  }

  change(settings: Settings): void {
    this.settingsRow.put(theOne, settings);
  }

  target(): WebhookTarget | undefined {
    return this.targetRow.get(theOne);
  }

  sendTo(target: WebhookTarget): void {
    this.targetRow.put(theOne, target);
  }

  count(what: string): void {
    this.counts.put(what, (this.counts.get(what) ?? 0) + 1);
  }

  counted(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts.entries());
  }

  /** Whether chance refuses what the method would let pass. */
  isUnlucky(reference: string): boolean {
    const { successRate } = this.settings();
    return successRate < 1 && this.chance.draw('approval', reference) >= successRate;
  }

  /** Tells the client of an event, once its effect is in the journal. */
  emit(event: unknown, reference: string): void {
    if (!this.target()) return;
    const { delayMs, duplicate, reorder, drop } = this.settings().webhooks;
    const happens = (what: string, share: number) => share > 0 && this.chance.draw(`webhook ${what}`, reference) < share;
    if (happens('drop', drop)) return this.count('webhook_dropped');
    const isLate = happens('reorder', reorder);
    const copies = happens('duplicate', duplicate) ? 2 : 1;
    if (isLate) this.count('webhook_reordered');
    if (copies > 1) this.count('webhook_duplicated');
    const dueAt = Date.now() + delayMs + (isLate ? detourMs : 0);
    for (let copy = 0; copy < copies; copy++) {
      const id = `${Date.now()}-${this.messages++}`;
      this.courier.put({ id, event, dueAt, attempts: 0, isHeld: isLate });
    }
  }

  /** Does this later, in a transaction of its own. */
  defer(effect: unknown): void {
    this.deferrals.put(effect, this.settings().settleMs);
  }

  reset(): void {
    this.stop();
    this.store.clear();
  }

  stop(): void {
    this.courier.stop();
    this.deferrals.stop();
  }
}

import type { BookEntry } from './books.js';
import type { Dressed } from './courier.js';
import type { Manners, Operation } from './wire.js';

export type CustomerDecision = 'approve' | 'decline';

/** One provider: what it can be asked, how it speaks, and what its books say. */
export interface Simulator {
  /** What its paths begin with; the empty one too, where a client cannot send another. */
  readonly prefixes: readonly string[];
  readonly operations: readonly Operation[];
  readonly manners: Manners;
  /** What anybody may read. */
  readonly documents?: readonly { readonly path: string; readonly type: string; readonly text: string }[];
  /** Does what was deferred. */
  settle(effect: unknown): void;
  /** The customer has decided; where they go back to, if anywhere. Null where nobody waits for them. */
  decide(providerId: string, decision: CustomerDecision): { readonly returnUrl: string | null } | null;
  dress(event: unknown, secret: string): Dressed;
  books(): readonly BookEntry[];
}

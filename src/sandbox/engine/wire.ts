import type { IncomingHttpHeaders } from 'node:http';
import type { OperationName } from './settings.js';

export type Fields = Readonly<Record<string, unknown>>;

/** A request as a provider reads it. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Fields;
  readonly headers: IncomingHttpHeaders;
  /** An empty object where there is no body. */
  readonly body: Fields;
}
export interface Answer {
  readonly status: number;
  /** Sent as JSON; nothing is sent for null. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The provider says no. What it says no to for its form alone is forgotten, and may be asked with the same key again. */
export class Refused extends Error {
  constructor(
    readonly answer: Answer,
    readonly isRemembered = true,
  ) {
    super(JSON.stringify(answer.body));
  }
}

export interface Amount {
  /** In the units in which the provider counts the currency. */
  readonly value: number;
  readonly currency: string;
}

/** What an operation may know of the request besides its contents. */
export interface Turn {
  readonly key: string | null;
  /** The amount that the provider takes for the one that was asked. */
  twist(asked: Amount): Amount;
}

export interface Operation {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly name: OperationName | ((call: Call) => OperationName);
  /** The payment's, ours: what chance goes by. */
  referenceOf?(call: Call): string | undefined;
  run(call: Call, turn: Turn): Answer;
}

/** How a provider speaks, whatever it is asked. */
export interface Manners {
  /** @throws Refused */
  authenticate(call: Call): void;
  readonly keyHeader: string;
  /** Whether a key at another path is another key. */
  readonly isKeyOfPath: boolean;
  replay(answer: Answer): Answer;
  readonly unreadable: Answer;
  readonly notFound: (call: Pick<Call, 'method' | 'path'>) => Answer;
  readonly keyInUse: Answer;
  readonly keyReused: Answer;
  readonly rateLimited: Answer;
  readonly internal: Answer;
}

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

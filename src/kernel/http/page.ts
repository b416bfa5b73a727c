import { Invalid } from '../fault/fault.js';

/** A part of a list, in a stable order; `nextCursor` is null on the last one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly limit: number;
  readonly nextCursor: string | null;
  readonly total?: number;
}

export class UnknownCursor extends Invalid {
  constructor() {
    super('cursor is not one that this list gave out', { context: { fields: [{ field: 'cursor', message: 'unknown cursor' }] } });
  }
}

/** An opaque cursor over a row's sort key. */
export const encodeCursor = (key: readonly (string | number)[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/** The last moment that a date can stand for. */
const latestMs = 8.64e15;
/** What a part of a cursor may be; a moment stands there in milliseconds. */
interface Parts {
  readonly integer: number;
  readonly moment: Date;
  readonly text: string;
}
type Kind = keyof Parts;
type KeyOf<Kinds extends readonly Kind[]> = { readonly [Place in keyof Kinds]: Parts[Kinds[Place]] };

const readers: { readonly [Name in Kind]: (part: unknown) => Parts[Name] | undefined } = {
  integer: (part) => (Number.isSafeInteger(part) ? (part as number) : undefined),
  moment: (part) => (Number.isSafeInteger(part) && Math.abs(part as number) <= latestMs ? new Date(part as number) : undefined),
  text: (part) => (typeof part === 'string' ? part : undefined),
};

/** The key in a cursor, whose parts are of these kinds. @throws UnknownCursor also on one of another list */
export function decodeCursor<const Kinds extends readonly Kind[]>(cursor: string, kinds: Kinds): KeyOf<Kinds> {
  const parts = partsOf(cursor);
  const key = kinds.map((kind, place) => readers[kind](parts[place]));
  if (parts.length !== kinds.length || key.includes(undefined)) throw new UnknownCursor();
  return key as unknown as KeyOf<Kinds>;
}

function partsOf(cursor: string): readonly unknown[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(key)) return key;
  } catch {
    // falls through to the one message for every unreadable cursor
  }
  throw new UnknownCursor();
}

/** Cuts a result read with one row more than the page holds. */
export function pageOf<Item>(rows: readonly Item[], limit: number, keyOf: (item: Item) => readonly (string | number)[]): Page<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, limit, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
}

/** A page of rows that are listed by their ids; `read` is asked for one more than the page holds. @throws UnknownCursor */
export async function pageById<Item extends { readonly _id: string }>(
  limit: number,
  cursor: string | undefined,
  read: (limit: number, after: string | undefined) => Promise<readonly Item[]>,
): Promise<Page<Item>> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, ['text'])[0];
  return pageOf(await read(limit + 1, after), limit, ({ _id }) => [_id]);
}

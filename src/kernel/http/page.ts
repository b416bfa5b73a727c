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

export function decodeCursor(cursor: string, length: number): readonly (string | number)[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const plain = Array.isArray(key) && key.length === length;
    if (plain && key.every((part) => typeof part === 'string' || Number.isFinite(part))) return key as (string | number)[];
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
  const after = cursor === undefined ? undefined : String(decodeCursor(cursor, 1)[0]);
  return pageOf(await read(limit + 1, after), limit, ({ _id }) => [_id]);
}

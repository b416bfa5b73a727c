import type { z } from 'zod';
import { malformed } from './errors.js';
import type { Intent } from './intent.js';
import type { listParams } from './params.js';
import type { View } from './views.js';

type Page = Pick<z.infer<typeof listParams>, 'limit' | 'starting_after' | 'ending_before'>;
const usualLimit = 10;

/** Newest first, as Stripe lists. */
export function listView<Row extends { readonly id: string }>(
  url: string,
  rows: readonly Row[],
  page: Page,
  view: (row: Row) => View,
): View {
  const newestFirst = [...rows].reverse();
  const from = page.starting_after === undefined ? 0 : newestFirst.findIndex(({ id }) => id === page.starting_after) + 1;
  const to = page.ending_before === undefined ? newestFirst.length : newestFirst.findIndex(({ id }) => id === page.ending_before);
  const asked = newestFirst.slice(from, to);
  const limit = page.limit ?? usualLimit;
  return { object: 'list', url, has_more: asked.length > limit, data: asked.slice(0, limit).map(view) };
}

/** What a search by metadata matches; other searches Stripe knows, and this simulator does not. */
export function readQuery(query: string): (intent: Intent) => boolean {
  const [, name = '', quote = '', text = ''] = /^\s*metadata\[(?:"|')([^"'\]]+)(?:"|')\]\s*:\s*("|')(.*)\2\s*$/.exec(query) ?? [];
  if (name === '') throw malformed('We were unable to parse your search query.', { param: 'query' });
  const wanted = text.replaceAll(`\\${quote}`, quote);
  return ({ metadata }) => metadata[name] === wanted;
}

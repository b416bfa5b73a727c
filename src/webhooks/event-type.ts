/** Names of two words; in all others the first word is what it happened to. */
const nouns = ['STORE_ITEM', 'WEBHOOK_ENDPOINT'];
/** What a payment's new status is called outside. */
const settled: Readonly<Record<string, string>> = { success: 'payment.completed', failed: 'payment.failed' };

/** `PAYMENT_CREATED` is `payment.created` outside; a payment that changed its status is told by where it went. */
export function dottedType({ type, data }: { readonly type: string; readonly data: Readonly<Record<string, unknown>> }): string {
  if (type === 'PAYMENT_STATUS_CHANGED') return settled[String(data.status)] ?? 'payment.status_changed';
  const noun = nouns.find((name) => type.startsWith(`${name}_`)) ?? type.split('_', 1)[0] ?? '';
  const verb = type.slice(noun.length + 1);
  return (verb === '' ? noun : `${noun}.${verb}`).toLowerCase();
}

/** `payment.completed`, `payment.*` or `*`. */
export const eventPattern = /^(\*|[a-z_]{1,40}(\.(\*|[a-z_]{1,40}))?)$/;

export const wants = (patterns: readonly string[], dotted: string): boolean =>
  patterns.some((pattern) => pattern === '*' || pattern === dotted || (pattern.endsWith('.*') && dotted.startsWith(pattern.slice(0, -1))));

import type { Decline, DeclineCategory } from './decline.js';
import type { Authorization, Capabilities, Operation, Outcome, ProviderPayment } from './payment-provider.js';
import type { Exchange } from './provider-http.js';

const longestMessage = 300;

export const applied = (payment: ProviderPayment): Outcome => ({ outcome: 'applied', payment });
export const none = (decline: Decline, payment?: ProviderPayment): Outcome => ({ outcome: 'none', decline, ...(payment && { payment }) });
export const unknown = (because: string) => ({ outcome: 'unknown', because }) as const;

/** The provider did not take the operation. Of a repeat that proves nothing: the first try may have been taken. */
export const notTaken = (asked: Operation, category: DeclineCategory, code: string, message: string): Outcome =>
  asked.isRepeat ? unknown(`The repeat was not taken (${code})`) : none({ category, code, message });

/** The key was used for something else, of which this answer says nothing. */
export const keyReused = (asked: Operation): Outcome =>
  notTaken(asked, 'refused', 'key_reused', 'The idempotency key was used for another operation');

/** What an answer's status says of every request alike; undefined where the answer has to be read. */
export function ofStatus(asked: Operation, status: number): Outcome | undefined {
  if (status === 401 || status === 403) return notTaken(asked, 'misconfigured', `http_${status}`, 'The provider refuses the credentials');
  if (status === 429) return notTaken(asked, 'rate_limited', 'http_429', 'The provider is asked too often');
  if (status >= 500 || status === 408 || status === 409) return unknown(`The provider answered ${status}`);
  return undefined;
}

/** The same of a whole exchange. */
export function ofExchange(asked: Operation, exchange: Exchange): Outcome | undefined {
  if (exchange.kind === 'answered') return ofStatus(asked, exchange.status);
  return exchange.kind === 'never-sent' ? notTaken(asked, 'provider_unavailable', 'not_sent', exchange.because) : unknown(exchange.because);
}

/** Why it need not be asked at all. */
export function refusedBeforehand({ currencies, methods }: Capabilities, { amount, method }: Authorization): Outcome | undefined {
  const refuse = (code: string, message: string) => none({ category: 'not_supported', code, message });
  if (currencies && !currencies.includes(amount.currency)) return refuse('currency_not_supported', `Not in ${amount.currency}`);
  if (!methods.includes(method.type)) return refuse('method_not_supported', 'Not with this kind of method');
  return undefined;
}

/** An amount that the provider has no way to write. */
export const notWritable = (): Outcome =>
  none({ category: 'not_supported', code: 'amount_not_representable', message: 'The provider does not take such an amount' });

/** Makes declines of a provider's codes and words, in which none of the credentials may come back. */
export class DeclineReader {
  private readonly categories: ReadonlyMap<string, DeclineCategory>;
  private readonly secrets: readonly string[];

  constructor(table: Readonly<Record<string, DeclineCategory>>, credentials: Readonly<Record<string, string>>) {
    this.categories = new Map(Object.entries(table));
    this.secrets = Object.values(credentials).filter((secret) => secret !== '');
  }

  read(code: string, message: string, otherwise: DeclineCategory = 'other'): Decline {
    return { category: this.categories.get(code) ?? otherwise, code: this.shown(code), message: this.shown(message) };
  }

  private shown(text: string): string {
    const hidden = this.secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
    return hidden.slice(0, longestMessage);
  }
}

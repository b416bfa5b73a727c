import type { Mode, Price, ProviderAccount } from './provider-account.js';

export class PriceView {
  /** @example "EUR" */
  currency: string;
  /** @example 25 */
  fixedMinor: number;
  /** @example 150 */
  basisPoints: number;

  static of({ currency, fixedMinor, basisPoints }: Price): PriceView {
    return { currency, fixedMinor, basisPoints };
  }
}
export class ProviderView {
  /** @example "prv_0190a1b2-0000-7000-8000-000000000000" */
  id: string;
  /** @example "stripe-eu" */
  name: string;
  /** @example "stripe" */
  connector: string;
  /** @example "sandbox" */
  mode: Mode;
  /** @example true */
  enabled: boolean;
  prices: PriceView[];
  /** Where it sends its webhooks. @example "/api/v1/integrations/webhooks/stripe/prv_0190a1b2-0000-7000-8000-000000000000" */
  webhookPath: string;
  /** Who made it. @example "usr_0190a1b2-0000-7000-8000-000000000000" */
  ownerId: string;
  /** @example "2026-01-03T10:00:00.000Z" */
  createdAt: string;
  /** @example "2026-01-03T10:00:00.000Z" */
  updatedAt: string;

  /** Never a credential. */
  static of({ _id: id, name, connector, mode, enabled, prices, ownerId, createdAt, updatedAt }: ProviderAccount): ProviderView {
    const webhookPath = `/api/v1/integrations/webhooks/${connector}/${id}`;
    const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
    return { id, name, connector, mode, enabled, prices: prices.map((price) => PriceView.of(price)), webhookPath, ownerId, ...times };
  }
}

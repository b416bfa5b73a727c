import type { Tenant } from './tenant.js';

export class TenantView {
  /** @example "ten_0190a1b2-0000-7000-8000-000000000000" */
  id: string;
  /** @example "acme-ltd-a1b2c3" */
  slug: string;
  /** @example "Acme Ltd" */
  name: string;
  /** ISO 4217. @example "GBP" */
  currency: string;
  /** IANA. @example "Europe/London" */
  timeZone: string;
  settings: Record<string, unknown>;
  /** @example "2026-01-03T10:00:00.000Z" */
  createdAt: string;

  static of({ _id, slug, name, currency, timeZone, settings, createdAt }: Tenant): TenantView {
    return { id: _id, slug, name, currency, timeZone, settings, createdAt: createdAt.toISOString() };
  }
}

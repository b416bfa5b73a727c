import type { ApiKey } from './api-key.js';
import type { ShownKey } from './keys.service.js';

export class KeyView {
  /** @example "key_0190a1b2-0000-7000-8000-000000000000" */
  id: string;
  /** @example "Checkout server" */
  name: string;
  /** @example "platform" */
  kind: 'platform' | 'gateway';
  /** How its secret begins. @example "pk_5f1c20ab_" */
  prefix: string;
  /** How its secret ends. @example "x9Qw" */
  last4: string;
  /** @example ["payments:read", "payments:write"] */
  scopes: string[];
  /** In whose name it acts. @example "usr_0190a1b2-0000-7000-8000-000000000000" */
  ownerId: string;
  /** @example "2026-01-03T10:00:00.000Z" */
  createdAt: string;
  /** When its secret was last replaced. @example null */
  rotatedAt: string | null;
  /** Until when the secret before it is good. @example null */
  overlapEnds: string | null;
  /** @example "2027-01-03T10:00:00.000Z" */
  expiresAt: string | null;
  /** To the minute. @example "2026-01-03T10:00:00.000Z" */
  lastUsedAt: string | null;

  static of({ _id, name, kind, prefix, last4, secrets, scopes, ownerId, createdAt, rotatedAt, expiresAt, lastUsedAt }: ApiKey): KeyView {
    const iso = (date: Date | null | undefined) => date?.toISOString() ?? null;
    return {
      id: _id,
      name,
      kind,
      prefix,
      last4,
      scopes: [...scopes],
      ownerId,
      createdAt: createdAt.toISOString(),
      rotatedAt: iso(rotatedAt),
      overlapEnds: iso(secrets[1]?.until),
      expiresAt: iso(expiresAt),
      lastUsedAt: iso(lastUsedAt),
    };
  }
}
export class ShownKeyView {
  key: KeyView;
  /** Sent as `X-API-Key`; nobody can be shown it again. @example "pk_5f1c20ab_V1tHnYt0aH2mS3vKj4pQ5rT6uW7xY8zA9bC0dE1x9Qw" */
  secret: string;

  static of({ key, secret }: ShownKey): ShownKeyView {
    return { key: KeyView.of(key), secret };
  }
}

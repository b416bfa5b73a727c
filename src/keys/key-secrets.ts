import { createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Keys } from '../kernel/config/keys.js';
import type { ApiKey } from './api-key.js';

/** A new secret, in clear for its owner and hashed for the database. */
export interface NewSecret {
  readonly secret: string;
  readonly hash: string;
}

/** Makes the secrets of keys, and what is stored of them. */
@Injectable()
export class KeySecrets {
  constructor(private readonly keys: Keys) {}

  /** How all secrets of a new key begin. */
  prefix(kind: ApiKey['kind']): string {
    return kind === 'gateway' ? 'PK_LIVE_' : `pk_${randomBytes(4).toString('hex')}_`;
  }

  /** 256 bits behind the prefix; the gateway publishes 64. */
  make({ kind, prefix }: Pick<ApiKey, 'kind' | 'prefix'>): NewSecret {
    const random = kind === 'gateway' ? randomBytes(8).toString('hex').toUpperCase() : randomBytes(32).toString('base64url');
    const secret = prefix + random;
    return { secret, hash: hashOf(this.keys.of('api-key'), secret) };
  }

  /** Also by the key before the last rotation of the installation's secret. */
  hashes(secret: string): string[] {
    return this.keys.accepted('api-key').map((key) => hashOf(key, secret));
  }
}

const hashOf = (key: Buffer, secret: string): string => createHmac('sha256', key).update(secret).digest('base64url');

import { Injectable } from '@nestjs/common';
import { Keys } from '../config/keys.js';
import { decrypt, encrypt } from './sealing.js';

/** Keeps secrets that must be read again, such as those that sign webhooks. `place` says whose it is: a copied row opens nothing. */
@Injectable()
export class SecretBox {
  constructor(private readonly keys: Keys) {}

  seal(secret: string, place: string): string {
    return encrypt(this.keys.of('encryption'), secret, place);
  }

  /** @throws Error where it was sealed with another APP_SECRET, or for another place */
  open(sealed: string, place: string): string {
    const secret = decrypt(this.keys.accepted('encryption'), sealed, place);
    if (secret === null) throw new Error(`The secret of ${place} cannot be read with this APP_SECRET`);
    return secret;
  }
}

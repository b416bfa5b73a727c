import { Injectable } from '@nestjs/common';
import { deriveKey, type KeyPurpose } from './app-secret.js';

/** The keys of this installation, one for each purpose, so that none can stand in for another. */
@Injectable()
export class Keys {
  private readonly derived = new Map<KeyPurpose, Buffer>();

  constructor(
    private readonly secret: Buffer,
    private readonly previousSecret?: Buffer,
  ) {}

  of(purpose: KeyPurpose): Buffer {
    const key = this.derived.get(purpose) ?? deriveKey(this.secret, purpose);
    this.derived.set(purpose, key);
    return key;
  }

  /** The present key first, then the one before the last rotation: what that signed stays valid. */
  accepted(purpose: KeyPurpose): readonly Buffer[] {
    return [this.of(purpose), ...(this.previousSecret ? [deriveKey(this.previousSecret, purpose)] : [])];
  }
}

import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { assertPassword } from './password-policy.js';
import { Turns } from './turns.js';

/** Hashes and verifies passwords off the event loop, a few at a time. */
@Injectable()
export class Passwords {
  /** The runtime has four threads for such work, which files and name look-ups need too. */
  private readonly turns = new Turns({ atOnce: 2, waiting: 200 });
  /** Verified where there is no user, so that the answer takes as long. */
  private readonly nobodys: Promise<string>;
  private readonly parameters: { readonly memoryCost: number; readonly timeCost: number; readonly parallelism: number };

  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'passwordPolicy' | 'passwordHashMemoryKib'>) {
    this.parameters = { memoryCost: config.passwordHashMemoryKib, timeCost: 2, parallelism: 1 };
    this.nobodys = hash(randomBytes(32), this.parameters);
  }

  /** By the configured policy. @throws WeakPassword, naming the field of the request that held it */
  assertGood(password: string, field?: string): void {
    assertPassword(password, this.config.passwordPolicy, field);
  }

  /** @throws PasswordsBusy */
  hash(password: string): Promise<string> {
    return this.turns.take(() => hash(password, this.parameters));
  }

  /** False for a user without a password or no user at all, after the same time. @throws PasswordsBusy */
  async verify(passwordHash: string | undefined, password: string): Promise<boolean> {
    const known = passwordHash ?? (await this.nobodys);
    const matches = await this.turns.take(() => verify(known, password));
    return matches && passwordHash !== undefined;
  }
}

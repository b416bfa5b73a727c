import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { PasswordsBusy } from './auth.faults.js';

/** argon2id with the parameters that OWASP's Password Storage Cheat Sheet names first. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const limits = { atOnce: 2, waiting: 200 };

/** Hashes and verifies passwords off the event loop, a few at a time. */
@Injectable()
export class Passwords {
  private running = 0;
  private readonly queue: (() => void)[] = [];
  /** Verified where there is no user, so that the answer takes as long. */
  private readonly nobody = hash(randomBytes(32), parameters);

  /** @throws PasswordsBusy */
  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, parameters));
  }

  /** False for a user without a password or no user at all, after the same time. @throws PasswordsBusy */
  async verify(passwordHash: string | undefined, password: string): Promise<boolean> {
    const known = passwordHash ?? (await this.nobody);
    const matches = await this.inTurn(() => verify(known, password));
    return matches && passwordHash !== undefined;
  }

  private async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.running >= limits.atOnce) {
      if (this.queue.length >= limits.waiting) throw new PasswordsBusy();
      await new Promise<void>((resolve) => this.queue.push(resolve));
    } else this.running += 1;
    try {
      return await work();
    } finally {
      // The place is handed on, not given up, so that nobody slips in between.
      const next = this.queue.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}

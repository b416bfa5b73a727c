import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type RateLimiterAbstract, RateLimiterMongo, RateLimiterRes } from 'rate-limiter-flexible';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { Keys } from '../kernel/config/keys.js';
import { raise } from '../kernel/fault/fault.js';
import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';
import { Database } from '../kernel/mongo/database.js';
import { TooManyTries } from './auth.faults.js';

export const loginLimitsCollection: CollectionSpec = {
  name: 'login_limits',
  indexes: [
    { name: 'key', key: { key: 1 }, unique: true },
    { name: 'expiry', key: { expire: -1 }, expireAfterSeconds: 0 },
  ],
};

const points = { pair: 10, address: 100, account: 50 };
type Limit = keyof typeof points;
type HashedKeys = Readonly<Record<Limit, string>>;

/**
 * Counts failed tries in the database, so that all nodes share them. A try is counted before the password is looked at and given
 * back when it was right: guesses sent at the same moment cannot slip past the count.
 */
@Injectable()
export class LoginLimits {
  private readonly limiters: Readonly<Record<Limit, RateLimiterAbstract>>;

  constructor(
    database: Database,
    private readonly keys: Keys,
    @Inject(CONFIG) { loginWindowSeconds: duration }: Config,
  ) {
    // Its indexes are built with all others; the limiter itself would build them without anybody waiting for it.
    const store = { storeClient: database.db, tableName: loginLimitsCollection.name, disableIndexesCreation: true, duration };
    const limiter = (keyPrefix: Limit) => new RateLimiterMongo({ ...store, keyPrefix, points: points[keyPrefix] });
    this.limiters = { pair: limiter('pair'), address: limiter('address'), account: limiter('account') };
  }

  /** Runs a check of a password under the limits; `undefined` from it means a failed try. @throws TooManyTries */
  async guard<Result>(account: string, address: string, check: () => Promise<Result | undefined>): Promise<Result | undefined> {
    const keys = { pair: this.key(`${account} ${address}`), address: this.key(address), account: this.key(account) };
    // The pair first: a client that has used up its own tries must not use up those of the account elsewhere.
    await this.reserve(keys, ['pair'], []);
    await this.reserve(keys, ['address', 'account'], ['pair']);
    let result: Result | undefined;
    try {
      result = await check();
    } catch (error) {
      // The password was not looked at, so nothing was guessed.
      await this.giveBack(keys, ['pair', 'address', 'account']);
      throw error;
    }
    if (result === undefined) return undefined;
    await Promise.all([this.limiters.pair.delete(keys.pair), this.giveBack(keys, ['address', 'account'])]);
    return result;
  }

  private async reserve(keys: HashedKeys, limits: readonly Limit[], held: readonly Limit[]): Promise<void> {
    const answers = await Promise.allSettled(limits.map((limit) => this.limiters[limit].consume(keys[limit])));
    const refusals = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
    if (refusals.length === 0) return;
    await this.giveBack(keys, [...held, ...limits.filter((_, index) => answers[index]?.status === 'fulfilled')]);
    const waits = refusals.map((refusal) => (refusal instanceof RateLimiterRes ? refusal.msBeforeNext : raise(refusal as Error)));
    throw new TooManyTries(Math.max(1, Math.ceil(Math.max(...waits) / 1000)));
  }

  private async giveBack(keys: HashedKeys, limits: readonly Limit[]): Promise<void> {
    await Promise.all(limits.map((limit) => this.limiters[limit].reward(keys[limit])));
  }

  /** E-mails and addresses are not kept in clear. */
  private key(text: string): string {
    return createHmac('sha256', this.keys.of('login-limit')).update(text).digest('base64url');
  }
}

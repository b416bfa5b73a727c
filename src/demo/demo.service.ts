import { Injectable } from '@nestjs/common';
import { AccountsService } from '../auth/accounts.service.js';
import { DEFAULT_TENANT_ID } from '../kernel/actor/actor.js';
import { Clock } from '../kernel/clock.js';
import { Database } from '../kernel/mongo/database.js';
import { PaymentsImport } from '../payments/payments-import.service.js';
import type { Clerk } from '../store/store-item-records.js';
import { type DemoOwner, demoPayments } from './demo-payments.js';
import { DemoStore } from './demo-store.js';
import { DemoProviders } from './demo-providers.js';
import { demoUsers } from './demo-users.js';

const seed = 1;
const batch = 500;
const paymentCounts = { small: 2_000, large: 100_000 };

interface Begun {
  readonly _id: 'demo';
  readonly size: 'small' | 'large';
  readonly until: Date;
  readonly done?: boolean;
}

/**
 * Something to look at on the first start. The size and the end of the year are written down first and every id follows from
 * them: a second start, two at once, or one that was cut off add only what is missing.
 */
@Injectable()
export class DemoService {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsService,
    private readonly payments: PaymentsImport,
    private readonly store: DemoStore,
    private readonly providers: DemoProviders,
    private readonly clock: Clock,
  ) {}

  async seed(size: 'small' | 'large'): Promise<void> {
    const marks = this.database.collection<Begun>('demo');
    const now = this.clock.now();
    const begun = await marks.findOneAndUpdate(
      { _id: 'demo' },
      { $setOnInsert: { size, until: now } },
      { upsert: true, returnDocument: 'after' },
    );
    if (!begun || begun.done) return;
    const users = await this.seedUsers();
    for (const user of users.filter(({ role }) => role === 'admin')) {
      await this.store.seed(user);
      await this.providers.seed(user);
    }
    const owners = users.filter(({ role }) => role === 'merchant').map(({ userId: id, email }): DemoOwner => ({ id, email }));
    const payments = demoPayments({ tenantId: DEFAULT_TENANT_ID, owners, count: paymentCounts[begun.size], seed, until: begun.until });
    for (let at = 0; at < payments.length; at += batch) await this.payments.insert(DEFAULT_TENANT_ID, payments.slice(at, at + batch));
    await marks.updateOne({ _id: 'demo' }, { $set: { done: true } });
  }

  private async seedUsers(): Promise<Clerk[]> {
    const users: Clerk[] = [];
    for (const user of demoUsers) {
      const { _id: userId } = await this.accounts.ensure({ ...user, tenantId: DEFAULT_TENANT_ID });
      users.push({ tenantId: DEFAULT_TENANT_ID, userId, email: user.email, role: user.role });
    }
    return users;
  }
}

import { hash } from '@node-rs/argon2';
import type { Role } from '../../src/kernel/actor/permissions.js';
import { UnitOfWork } from '../../src/kernel/mongo/unit-of-work.js';
import { UsersService } from '../../src/auth/users.service.js';
import type { TestApp } from './app.js';

export interface NewAccount {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly tenantId: string;
  readonly role: Role;
}

/** Good for any password that a test signs in with, at a thousandth of the work: suites make thousands of users. */
const cheap = { memoryCost: 8, timeCost: 1, parallelism: 1 };

/** The id of a new user who can sign in. */
export async function newAccount({ app }: TestApp, { email, name, password, tenantId, role }: NewAccount): Promise<string> {
  const users = app.get(UsersService);
  const newcomer = users.prepare({ email, name, passwordHash: await hash(password, cheap) });
  const membership = await users.membership(tenantId, role);
  await app.get(UnitOfWork).run((session) => users.insert(session, newcomer, membership));
  return newcomer._id;
}

import { randomUUID } from 'node:crypto';
import { DEFAULT_TENANT_ID } from '../../src/kernel/actor/actor.js';
import type { Role } from '../../src/kernel/actor/permissions.js';
import { UnitOfWork } from '../../src/kernel/mongo/unit-of-work.js';
import { TenantsService } from '../../src/tenants/tenants.service.js';
import { newAccount } from './account.js';
import type { TestApp } from './app.js';

export interface Somebody {
  readonly userId: string;
  readonly tenantId: string;
  readonly role: Role;
  readonly email: string;
  readonly password: string;
  readonly token: string;
}

const password = 'pass123';

/** A new user with a role in a tenant, signed in. */
export async function as(test: TestApp, role: Role, tenantId: string = DEFAULT_TENANT_ID): Promise<Somebody> {
  const email = `${role}-${randomUUID().slice(0, 8)}@acme.test`;
  const userId = await newAccount(test, { email, password, name: `A ${role}`, tenantId, role });
  const { status, body } = await test.call('POST', '/api/auth/login', { json: { email, password } });
  if (status !== 200) throw new Error(`The ${role} could not sign in: ${JSON.stringify(body)}`);
  return { userId, tenantId, role, email, password, token: body.data.token as string };
}

/** The id of a new tenant without members. */
export async function newTenant({ app }: TestApp, name = 'Acme Ltd'): Promise<string> {
  const by = { userId: 'test', email: 'test@acme.test', role: 'owner' } as const;
  const { _id } = await app.get(UnitOfWork).run((session) => app.get(TenantsService).create(session, name, by));
  return _id;
}

import { randomUUID } from 'node:crypto';
import type { Role } from '../../src/kernel/actor/permissions.js';
import { newAccount } from './account.js';
import type { Answer, CallOptions, TestApp } from './app.js';
import { newTenant } from './as.js';

const roles = {
  admin: 'admin',
  finance: 'finance',
  support: 'support',
  ann: 'user',
  bob: 'merchant',
  cyd: 'user',
} as const satisfies Record<string, Role>;
export type Name = keyof typeof roles;
const names = Object.keys(roles) as Name[];
/** The first users of a tenant have these numbers. */
export const numbers: Readonly<Record<Name, number>> = { admin: 1001, finance: 1002, support: 1003, ann: 1004, bob: 1005, cyd: 1006 };

const password = 'secret1';

/** A tenant of its own with somebody of every kind in it, so that every number and total can be told. */
export class People {
  private readonly tokens = new Map<Name, Promise<string>>();

  private constructor(
    private readonly test: TestApp,
    readonly tenantId: string,
    readonly ids: Readonly<Record<Name, string>>,
    readonly emails: Readonly<Record<Name, string>>,
  ) {}

  static async in(test: TestApp): Promise<People> {
    const tenantId = await newTenant(test);
    const domain = `${randomUUID().slice(0, 8)}.test`;
    const ids: Partial<Record<Name, string>> = {};
    const emails: Partial<Record<Name, string>> = {};
    for (const name of names) {
      const email = (emails[name] = `${name}@${domain}`);
      ids[name] = await newAccount(test, { email, password, name, tenantId, role: roles[name] });
    }
    return new People(test, tenantId, ids as Record<Name, string>, emails as Record<Name, string>);
  }

  token(name: Name): Promise<string> {
    const token = this.tokens.get(name) ?? this.signIn(name);
    this.tokens.set(name, token);
    return token;
  }

  /** After the clock was turned: what was signed in before may have expired. */
  signInAnew(): void {
    this.tokens.clear();
  }

  async call(who: Name, method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    return this.test.call(method, path, { token: await this.token(who), ...options });
  }

  private async signIn(name: Name): Promise<string> {
    const { status, body } = await this.test.call('POST', '/api/auth/login', { json: { email: this.emails[name], password } });
    if (status !== 200) throw new Error(`${name} could not sign in: ${JSON.stringify(body)}`);
    return body.data.token as string;
  }
}

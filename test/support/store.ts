import { randomUUID } from 'node:crypto';
import { DEFAULT_TENANT_ID } from '../../src/kernel/actor/actor.js';
import { accountOf, legsBetween } from '../../src/ledger/ledger.js';
import { LedgerWriter } from '../../src/ledger/ledger-writer.js';
import { StoreItems } from '../../src/store/store-items.service.js';
import { StoreTeams, type Team } from '../../src/store/store-teams.service.js';
import type { Answer, CallOptions, TestApp } from './app.js';

const clerk = { userId: 'test', email: 'test@acme.test', role: 'admin' } as const;
export const password = 'Changeme-2018';

export interface TestTeam extends Omit<Team, 'balance'> {
  readonly token: string;
  /** Posts the fields with the session's token. */
  post(path: string, fields?: object, options?: CallOptions): Promise<Answer>;
  balance(): Promise<number>;
}

/** Opens a session at the store, and answers with its token. */
export async function storeSession(test: TestApp, username: string, secret: string, token: string = randomUUID()): Promise<string> {
  const { status, body } = await test.call('POST', '/login', { json: { username, token, password: secret } });
  if (status !== 200) throw new Error(`${username} could not sign in: ${JSON.stringify(body)}`);
  return token;
}

/** A new team, signed in. */
export async function newTeam(test: TestApp, balance = 1000, tenantId: string = DEFAULT_TENANT_ID): Promise<TestTeam> {
  const login = { username: `team-${randomUUID().slice(0, 13)}`, password };
  const team = await test.app.get(StoreTeams).create({ ...clerk, tenantId }, { ...login, balance });
  const token = await storeSession(test, team.username, password);
  const post: TestTeam['post'] = (path, fields, options) => test.call('POST', path, { json: { token, ...fields }, ...options });
  return { ...team, token, post, balance: async () => (await post('/get-balance')).body.balance as number };
}

/** The number of a new item. */
export async function newItem(test: TestApp, price: number, tenantId: string = DEFAULT_TENANT_ID): Promise<number> {
  return (await test.app.get(StoreItems).create({ ...clerk, tenantId }, { name: `Item for ${price}`, price })).number;
}

export async function grant(test: TestApp, userId: string, amount: number, tenantId: string, memo = 'a gift'): Promise<void> {
  const legs = legsBetween(accountOf('@issuance'), accountOf(userId), amount);
  await test.app.get(LedgerWriter).post({ tenantId, kind: 'grant', memo, move: { type: 'legs', legs } });
}

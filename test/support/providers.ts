import { createHmac } from 'node:crypto';
import { newId } from '../../src/kernel/ids.js';
import { UnitOfWork } from '../../src/kernel/mongo/unit-of-work.js';
import type { ProviderAccount } from '../../src/providers/provider-account.js';
import { ProviderAccountsRepository } from '../../src/providers/provider-accounts.repository.js';
import { ProviderConnections } from '../../src/providers/provider-connections.js';
import type { TestApp } from './app.js';
import type { Somebody } from './as.js';

export const stripeSecret = 'whsec_sandbox0123456789abcdef';
const credentials = { secretKey: 'sk_test_sandbox', webhookSecret: stripeSecret };

/** An account at Stripe as a request asks for it. */
export const stripeAccount = (name: string) => ({ name, connector: 'stripe', credentials });

/** One that is there, made past the API, where a tenant may have only so many. */
export async function newProvider(
  { app }: TestApp,
  { userId: ownerId, tenantId }: Pick<Somebody, 'userId' | 'tenantId'>,
  mode: ProviderAccount['mode'] = 'live',
): Promise<ProviderAccount> {
  const _id = newId('prv');
  const given = { connector: 'stripe', mode };
  const sealed = app.get(ProviderConnections, { strict: false }).seal(_id, given, credentials);
  const now = new Date();
  const account: ProviderAccount = {
    _id,
    tenantId,
    ownerId,
    name: _id,
    ...given,
    sealed,
    enabled: true,
    prices: [],
    createdAt: now,
    updatedAt: now,
    rev: 1,
  };
  await app.get(UnitOfWork).run((session) => app.get(ProviderAccountsRepository, { strict: false }).insert(account, session));
  return account;
}

/** As Stripe signs. */
export function signedByStripe(body: string, at: Date, secret = stripeSecret): Record<string, string> {
  const seconds = Math.floor(at.getTime() / 1000);
  return { 'stripe-signature': `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}` };
}

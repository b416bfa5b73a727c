import { Inject, Injectable } from '@nestjs/common';
import { tenantScope } from '../kernel/actor/scope.js';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { boundedFetch } from '../kernel/http-out/bounded-fetch.js';
import type { Credentials } from '../providers/provider-account.js';
import { type Maker, ProviderAccounts } from '../providers/provider-accounts.service.js';

/** Keys that only the sandbox takes, and by which it signs. `webhook` is how it knows the receiver. */
const demoAccounts: readonly { name: string; credentials: Credentials; webhook: string }[] = [
  { name: 'stripe', credentials: { secretKey: 'sk_test_sandbox', webhookSecret: 'whsec_sandbox' }, webhook: 'whsec_sandbox' },
  { name: 'paypal', credentials: { clientId: 'sandbox', clientSecret: 'sandbox', webhookId: 'WH-SANDBOX' }, webhook: 'WH-SANDBOX' },
  { name: 'adyen', credentials: { apiKey: 'sandbox', merchantAccount: 'PayopsDemo', hmacKey: 'ab'.repeat(32) }, webhook: 'ab'.repeat(32) },
];

const send = boundedFetch(100_000);

/** Accounts at the sandbox's three providers, so that a first payment can be routed. */
@Injectable()
export class DemoProviders {
  constructor(
    private readonly accounts: ProviderAccounts,
    @Inject(CONFIG) private readonly config: Pick<Config, 'sandboxUrl'>,
  ) {}

  /** Adds only what is missing. */
  async seed(by: Maker): Promise<void> {
    if (this.config.sandboxUrl === undefined) return;
    const known = await this.known(by.tenantId);
    for (const { name, credentials } of demoAccounts) {
      if (known.has(name)) continue;
      await this.accounts.create(by, { name, connector: name, mode: 'sandbox', enabled: true, prices: [], credentials });
    }
  }

  /** Tells the sandbox where the accounts of a tenant receive webhooks: at this server, whose address may be another with every start. */
  async listen(tenantId: string, serverUrl: string): Promise<void> {
    const { sandboxUrl } = this.config;
    if (sandboxUrl === undefined) return;
    const known = await this.known(tenantId);
    for (const { name, webhook: secret } of demoAccounts) {
      const account = known.get(name);
      if (account?.mode !== 'sandbox') continue;
      const url = `${serverUrl}/api/v1/integrations/webhooks/${name}/${account._id}`;
      const headers = { 'content-type': 'application/json' };
      await send(`${sandboxUrl}/sandbox/providers/${name}/webhook`, { method: 'POST', headers, body: JSON.stringify({ url, secret }) });
    }
  }

  private async known(tenantId: string) {
    return new Map((await this.accounts.all(tenantScope(tenantId))).map((account) => [account.name, account]));
  }
}

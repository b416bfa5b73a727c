import type { ProviderName } from '../../sandbox/engine/settings.js';
import type { ApiClient } from './api-client.js';
import type { SandboxClient } from './sandbox-client.js';
import type { ServerNode } from './server-node.js';

interface Account {
  readonly name: ProviderName;
  readonly credentials: Readonly<Record<string, string>>;
  /** By which the sandbox signs. */
  readonly secret: string;
}
/** Keys that only the sandbox takes. */
const accounts: readonly Account[] = [
  { name: 'stripe', credentials: { secretKey: 'sk_test_harness', webhookSecret: 'whsec_harness' }, secret: 'whsec_harness' },
  { name: 'paypal', credentials: { clientId: 'sandbox', clientSecret: 'sandbox', webhookId: 'WH-HARNESS' }, secret: 'WH-HARNESS' },
  { name: 'adyen', credentials: { apiKey: 'sandbox', merchantAccount: 'Harness', hmacKey: 'cd'.repeat(32) }, secret: 'cd'.repeat(32) },
];

/** An account at each provider; the one's webhooks go to this server, the other's to that. */
export async function openAccounts(api: ApiClient, sandbox: SandboxClient, nodes: readonly ServerNode[]): Promise<void> {
  for (const [place, { name, credentials, secret }] of accounts.entries()) {
    const { data } = await api.set('/api/v1/providers', { name, connector: name, mode: 'sandbox', credentials });
    const server = nodes[place % nodes.length]?.url ?? '';
    await sandbox.tellAt(name, { url: `${server}/api/v1/integrations/webhooks/${name}/${data.id}`, secret });
  }
}

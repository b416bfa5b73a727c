import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { ValidationFailed } from '../kernel/fault/common-faults.js';
import { SecretBox } from '../kernel/privacy/secret-box.js';
import { connectorOf } from './connectors.js';
import type { Connector, PaymentProvider } from './payment-provider.js';
import { type Credentials, limits, type ProviderAccount } from './provider-account.js';
import { ProviderUnaddressed } from './provider.faults.js';

type Addresses = Pick<Config, 'sandboxUrl' | 'sandboxUrls' | 'stripeUrl' | 'paypalUrl' | 'adyenUrl' | 'providerTimeoutMs'>;
const mostConnected = 1_000;

/** Connects accounts to their providers; a connection is made once for each state of an account. */
@Injectable()
export class ProviderConnections {
  private readonly connected = new LRUCache<string, PaymentProvider>({ max: mostConnected });

  constructor(
    private readonly box: SecretBox,
    @Inject(CONFIG) private readonly config: Addresses,
  ) {}

  /** The credentials as they are stored. @throws ValidationFailed, ProviderUnaddressed */
  seal(id: ProviderAccount['_id'], { connector, mode }: Pick<ProviderAccount, 'connector' | 'mode'>, credentials: Credentials): string {
    const { credentials: wanted } = connectorOf(connector);
    const field = (name: string) => `credentials.${name}`;
    const missing = wanted.filter((name) => !isCredential(credentials[name]));
    const unknown = Object.keys(credentials).filter((name) => !wanted.includes(name));
    const problems = [
      ...missing.map((name) => ({ field: field(name), message: `${connector} needs it: text of 1 to ${limits.credential} characters` })),
      ...unknown.map((name) => ({ field: field(name), message: `${connector} has no such credential` })),
    ];
    if (problems.length > 0) throw new ValidationFailed(problems);
    this.addressOf(connector, mode);
    return this.box.seal(JSON.stringify(credentials), placeOf(id));
  }

  /** @throws ProviderUnaddressed */
  of(account: ProviderAccount): PaymentProvider {
    const state = `${account._id} ${account.rev}`;
    const known = this.connected.get(state);
    if (known) return known;
    const credentials = JSON.parse(this.box.open(account.sealed, placeOf(account._id))) as Credentials;
    const baseUrl = this.addressOf(account.connector, account.mode);
    const made = connectorOf(account.connector).connect({ baseUrl, credentials, timeoutMs: this.config.providerTimeoutMs });
    this.connected.set(state, made);
    return made;
  }

  /** As `of`; undefined where the account has no address here. */
  reachable(account: ProviderAccount): PaymentProvider | undefined {
    try {
      return this.of(account);
    } catch (error) {
      if (error instanceof ProviderUnaddressed) return undefined;
      throw error;
    }
  }

  private addressOf(name: string, mode: ProviderAccount['mode']): string {
    const connector = connectorOf(name);
    const found = mode === 'sandbox' ? this.sandboxOf(connector) : (this.configured(connector) ?? connector.liveUrl);
    if (found === null) throw new ProviderUnaddressed(`No address of ${connector.title} is configured for ${mode} accounts`);
    return found;
  }

  /** Stripe's library knows no path before its own. */
  private sandboxOf({ name }: Connector): string | null {
    const { sandboxUrl, sandboxUrls } = this.config;
    if (sandboxUrl === undefined) return null;
    if (sandboxUrls?.[name] !== undefined) return sandboxUrls[name];
    return name === 'stripe' ? sandboxUrl : `${sandboxUrl}/${name}`;
  }

  private configured({ name }: Connector): string | undefined {
    return { stripe: this.config.stripeUrl, paypal: this.config.paypalUrl, adyen: this.config.adyenUrl }[name];
  }
}

const placeOf = (id: string): string => `provider:${id}`;

const isCredential = (text: unknown): boolean => typeof text === 'string' && text.length > 0 && text.length <= limits.credential;

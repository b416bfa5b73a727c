import type { Deadline } from '../deadline.js';
import type { Exchange, ProviderHttp } from '../provider-http.js';
import { tokenSchema } from './paypal.wire.js';

/** Given up so long before it ends, so that none ends on its way. */
const marginMs = 60_000;

/** The access token of one account, fetched when it is needed and shared until it ends. */
export class PaypalToken {
  private held: { readonly token: string; readonly until: number } | undefined;

  constructor(
    private readonly http: ProviderHttp,
    private readonly clientId: string,
    private readonly clientSecret: string,
  ) {}

  /** The token, or the exchange that gave none. */
  async get(deadline: Deadline): Promise<string | Exchange> {
    if (this.held && this.held.until > performance.now()) return this.held.token;
    const basic = Buffer.from(`${this.clientId}:${this.clientSecret}`).toString('base64');
    const headers = { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    const request = { method: 'POST', path: '/v1/oauth2/token', headers, body: 'grant_type=client_credentials' } as const;
    const exchange = await this.http.send(request, deadline);
    const grant = exchange.kind === 'answered' ? tokenSchema.safeParse(exchange.json) : undefined;
    if (!grant?.success) return exchange;
    const { access_token: token, expires_in: seconds } = grant.data;
    this.held = { token, until: performance.now() + seconds * 1000 - marginMs };
    return token;
  }

  /** It is not taken any more. */
  forget(token: string): void {
    if (this.held?.token === token) this.held = undefined;
  }
}

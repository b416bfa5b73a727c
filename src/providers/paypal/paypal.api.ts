import type { Deadline } from '../deadline.js';
import { type Answered, type Exchange, ProviderHttp } from '../provider-http.js';
import { PaypalToken } from './paypal.token.js';
import { errorSchema } from './paypal.wire.js';

export interface PaypalCall {
  readonly path: string;
  /** Of a POST; without one it is a GET. */
  readonly key?: string;
  readonly body?: object;
}

/** Requests of one account, each with its access token. */
export class PaypalApi {
  private readonly http: ProviderHttp;
  private readonly token: PaypalToken;

  constructor(baseUrl: string, { clientId, clientSecret }: Readonly<Record<'clientId' | 'clientSecret', string>>) {
    this.http = new ProviderHttp(baseUrl);
    this.token = new PaypalToken(this.http, clientId, clientSecret);
  }

  async call(call: PaypalCall, deadline: Deadline): Promise<Exchange> {
    const { token, exchange } = await this.withToken(call, deadline);
    if (token === undefined || exchange.kind !== 'answered' || exchange.status !== 401) return exchange;
    this.token.forget(token);
    return (await this.withToken(call, deadline)).exchange;
  }

  private async withToken({ path, key, body }: PaypalCall, deadline: Deadline): Promise<{ token?: string; exchange: Exchange }> {
    const token = await this.token.get(deadline);
    if (typeof token !== 'string') return { exchange: withoutToken(token) };
    const headers = {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      prefer: 'return=representation',
      ...(key !== undefined && { 'paypal-request-id': key, 'content-type': 'application/json' }),
    };
    const request = {
      method: key === undefined ? 'GET' : 'POST',
      path,
      headers,
      ...(key !== undefined && { body: JSON.stringify(body ?? {}) }),
    };
    return { token, exchange: await this.http.sendUntilClear(request as Parameters<ProviderHttp['send']>[0], deadline, isInFlight) };
  }
}

/** What was to be asked was never sent, whatever became of the question for a token; refused credentials stay what they are. */
function withoutToken(exchange: Exchange): Exchange {
  const isRefused = exchange.kind === 'answered' && [401, 403, 429].includes(exchange.status);
  return isRefused ? exchange : { kind: 'never-sent', because: 'PayPal gave no access token' };
}

const isInFlight = ({ status, json }: Answered): boolean =>
  status === 409 || (status === 422 && issueOf(json)?.issue === 'PREVIOUS_REQUEST_IN_PROGRESS');

/** Why PayPal refuses; undefined where its answer is no error that can be read. */
export function issueOf(json: unknown): { readonly issue: string; readonly message: string } | undefined {
  const error = errorSchema.safeParse(json);
  if (!error.success) return undefined;
  const { name, message, details } = error.data;
  return { issue: details[0]?.issue ?? name, message: details[0]?.description ?? message };
}

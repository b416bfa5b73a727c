import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { readCredentials } from '../credentials.js';
import { Deadline } from '../deadline.js';
import { applied, DeclineReader, none, notWritable, ofExchange, refusedBeforehand, unknown } from '../outcomes.js';
import type {
  Authorization,
  Capabilities,
  Capture,
  ConnectorOptions,
  Followup,
  Found,
  Operation,
  Outcome,
  PaymentProvider,
  ProviderEvent,
  ProviderPayment,
  Refund,
} from '../payment-provider.js';
import { type Answered, type Exchange, ProviderHttp } from '../provider-http.js';
import { adyenAmounts, adyenCurrencies } from './adyen.amounts.js';
import { booksOf, booksOfCapture, booksOfRefund, booksOfVoid } from './adyen.books.js';
import { adyenDeclines } from './adyen.declines.js';
import { eventsOf } from './adyen.events.js';
import { isSignedByAdyen } from './adyen.signature.js';
import { type AdyenAmount, type AdyenModification, errorSchema, modificationSchema, paymentSchema } from './adyen.wire.js';

/** What Adyen answers while it is at work on the same idempotency key. */
const inFlightCode = '704';

export const adyenCredentials = ['apiKey', 'merchantAccount', 'hmacKey'] as const;

export class AdyenProvider implements PaymentProvider {
  readonly name = 'adyen';
  readonly capabilities: Capabilities = {
    currencies: adyenCurrencies,
    methods: ['card'],
    partialCapture: true,
    partialRefund: true,
    resolvedBy: 'repeat',
    keysLastHours: 168,
  };
  private readonly http: ProviderHttp;
  private readonly declines: DeclineReader;
  private readonly credentials: Readonly<Record<(typeof adyenCredentials)[number], string>>;

  constructor(private readonly options: ConnectorOptions) {
    this.http = new ProviderHttp(options.baseUrl);
    this.credentials = readCredentials(adyenCredentials, options);
    this.declines = new DeclineReader(adyenDeclines, this.credentials);
  }

  async authorize(asked: Authorization): Promise<Outcome> {
    const refused = refusedBeforehand(this.capabilities, asked);
    const amount = refused ? undefined : wireAmount(asked.amount);
    if (!amount) return refused ?? notWritable();
    const { redirectResult } = asked.returned ?? {};
    const exchange =
      redirectResult === undefined
        ? await this.post('/v71/payments', { ...this.merchant, ...toPayment(asked, amount) }, asked.idempotencyKey)
        : await this.post('/v71/payments/details', { details: { redirectResult } }, keyOfReturn(asked, redirectResult));
    const refusal = this.refusal(asked, exchange);
    if (refusal) return refusal;
    const answer = read(exchange, paymentSchema);
    const payment = answer && booksOf(answer, asked, this.declines);
    if (!payment) return unknown('The answer cannot be read');
    if (payment.reference !== asked.reference) return unknown('The answer is about another payment');
    return payment.decline ? none(payment.decline, payment) : applied(payment);
  }

  async capture(asked: Capture): Promise<Outcome> {
    const amount = wireAmount(asked.amount);
    return amount ? this.modify('captures', asked, { amount, reference: asked.reference }, booksOfCapture) : notWritable();
  }

  async void(asked: Followup): Promise<Outcome> {
    return this.modify('cancels', asked, { reference: asked.reference }, booksOfVoid);
  }

  async refund(asked: Refund): Promise<Outcome> {
    const amount = wireAmount(asked.amount);
    return amount ? this.modify('refunds', asked, { amount, reference: asked.refundReference }, booksOfRefund) : notWritable();
  }

  /** Adyen has nothing to ask: the operation itself, repeated with its key, tells what came of it. */
  async query(): Promise<Found> {
    return unknown('Adyen cannot be asked; repeat the operation');
  }

  async verifyWebhook(_headers: IncomingHttpHeaders, body: Buffer): Promise<boolean> {
    return isSignedByAdyen(body, this.credentials.hmacKey, this.credentials.merchantAccount);
  }

  parseWebhook(body: Buffer): readonly ProviderEvent[] {
    return eventsOf(body);
  }

  private async modify(
    kind: 'captures' | 'cancels' | 'refunds',
    asked: Followup,
    fields: { readonly reference: string; readonly amount?: AdyenAmount },
    books: (done: AdyenModification, asked: Followup) => ProviderPayment | undefined,
  ): Promise<Outcome> {
    const exchange = await this.post(
      `/v71/payments/${encodeURIComponent(asked.providerId)}/${kind}`,
      { ...this.merchant, ...fields },
      asked.idempotencyKey,
    );
    const refusal = this.refusal(asked, exchange);
    if (refusal) return refusal;
    const done = read(exchange, modificationSchema);
    if (!done) return unknown('The answer cannot be read');
    if (done.paymentPspReference !== asked.providerId || done.reference !== fields.reference) return unknown('The answer is about another');
    const payment = books(done, asked);
    return payment ? applied(payment) : unknown('The answer cannot be read');
  }

  private get merchant() {
    return { merchantAccount: this.credentials.merchantAccount };
  }

  private post(path: string, body: object, idempotencyKey: string): Promise<Exchange> {
    const headers = { 'x-api-key': this.credentials.apiKey, 'idempotency-key': idempotencyKey, 'content-type': 'application/json' };
    const request = { method: 'POST', path, headers, body: JSON.stringify(body) } as const;
    return this.http.sendUntilClear(request, new Deadline(this.options.timeoutMs), isInFlight);
  }

  /** Undefined where it was taken. */
  private refusal(asked: Operation, exchange: Exchange): Outcome | undefined {
    const plain = ofExchange(asked, exchange);
    if (plain || exchange.kind !== 'answered' || exchange.status < 300) return plain;
    const error = errorSchema.safeParse(exchange.json);
    return error.success
      ? none(this.declines.read(error.data.errorCode, error.data.message, 'refused'))
      : unknown('The answer cannot be read');
  }
}

/** Another return is another request, and a key names one. */
const keyOfReturn = ({ idempotencyKey }: Operation, redirectResult: string): string =>
  `${idempotencyKey}-${createHash('sha256').update(redirectResult).digest('hex').slice(0, 12)}`;

const isInFlight = ({ status, json }: Answered): boolean =>
  status === 409 || (status === 422 && errorSchema.safeParse(json).data?.errorCode === inFlightCode);

function read<Value>(exchange: Exchange, schema: { safeParse(value: unknown): { data?: Value | undefined } }): Value | undefined {
  return exchange.kind === 'answered' ? schema.safeParse(exchange.json).data : undefined;
}

function wireAmount(money: Authorization['amount']): AdyenAmount | undefined {
  const value = adyenAmounts.units(money);
  return value === undefined ? undefined : { currency: money.currency, value };
}

function toPayment({ reference, method, customer, capture, returnUrl }: Authorization, amount: AdyenAmount): object {
  return {
    amount,
    reference,
    paymentMethod: { type: 'scheme', storedPaymentMethodId: method.token },
    shopperReference: customer.email || reference,
    ...(customer.email && { shopperEmail: customer.email }),
    shopperInteraction: 'ContAuth',
    recurringProcessingModel: 'CardOnFile',
    ...(customer.country && { countryCode: customer.country }),
    ...(returnUrl !== undefined && { returnUrl }),
    ...(capture === 'now' ? { captureDelayHours: 0 } : { additionalData: { manualCapture: 'true' } }),
  };
}

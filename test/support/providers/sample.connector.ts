import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { Deadline } from '../../../src/providers/deadline.js';
import { applied, DeclineReader, none, ofExchange, refusedBeforehand, unknown } from '../../../src/providers/outcomes.js';
import type {
  Authorization,
  Capabilities,
  Capture,
  Connector,
  ConnectorOptions,
  Followup,
  Found,
  Operation,
  Outcome,
  PaymentProvider,
  ProviderEvent,
  ProviderPayment,
  Question,
  Refund,
} from '../../../src/providers/payment-provider.js';
import { type Answered, type Exchange, ProviderHttp } from '../../../src/providers/provider-http.js';

const paymentSchema = z.object({
  id: z.string(),
  reference: z.string(),
  state: z.enum(['authorized', 'captured', 'voided', 'declined']),
  currency: z.string().length(3),
  authorized: z.int().min(0),
  captured: z.int().min(0),
  refunds: z.array(z.object({ id: z.string(), reference: z.string(), amount: z.int() })),
  decline: z.object({ code: z.string(), message: z.string() }).optional(),
});
const errorSchema = z.object({ code: z.string(), message: z.string() });
const eventSchema = z.object({ id: z.string(), type: z.string(), at: z.iso.datetime(), payment: z.string() });

const toleranceMs = 300_000;

class SampleConnection implements PaymentProvider {
  readonly name = 'sample';
  readonly capabilities: Capabilities = {
    currencies: ['GBP', 'USD'],
    methods: ['card'],
    partialCapture: true,
    partialRefund: true,
    resolvedBy: 'query',
    keysLastHours: 24,
  };
  private readonly http: ProviderHttp;
  private readonly declines: DeclineReader;

  constructor(private readonly options: ConnectorOptions) {
    this.http = new ProviderHttp(options.baseUrl);
    const table = { no_money: 'insufficient_funds', stolen: 'lost_or_stolen', bank_away: 'provider_unavailable' } as const;
    this.declines = new DeclineReader(table, options.credentials);
  }

  async authorize(asked: Authorization): Promise<Outcome> {
    const { reference, amount, capture, method } = asked;
    const body = { reference, amount: amount.minor, currency: amount.currency, capture, token: method.token };
    return refusedBeforehand(this.capabilities, asked) ?? this.post('/payments', asked, body);
  }

  capture(asked: Capture): Promise<Outcome> {
    return this.post(`/payments/${asked.providerId}/capture`, asked, { amount: asked.amount.minor });
  }

  void(asked: Followup): Promise<Outcome> {
    return this.post(`/payments/${asked.providerId}/void`, asked, {});
  }

  refund(asked: Refund): Promise<Outcome> {
    return this.post(`/payments/${asked.providerId}/refunds`, asked, { amount: asked.amount.minor, reference: asked.refundReference });
  }

  async query({ reference, providerId }: Question): Promise<Found> {
    const path = providerId === undefined ? `/payments?reference=${encodeURIComponent(reference)}` : `/payments/${providerId}`;
    const request = { method: 'GET', path, headers: this.headers() } as const;
    const exchange = await this.http.send(request, new Deadline(this.options.timeoutMs));
    if (exchange.kind === 'answered' && exchange.status === 404) return { outcome: 'absent' };
    const payment = read(exchange, this.declines);
    return payment?.reference === reference ? { outcome: 'found', payment } : unknown('It could not be asked');
  }

  async verifyWebhook(headers: IncomingHttpHeaders, body: Buffer, now: Date): Promise<boolean> {
    const [, time, given] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(String(headers['sample-signature'])) ?? [];
    if (time === undefined || given === undefined || Math.abs(now.getTime() - Number(time) * 1000) > toleranceMs) return false;
    const key = this.options.credentials['webhookSecret'] ?? '';
    return timingSafeEqual(createHmac('sha256', key).update(`${time}.`).update(body).digest(), Buffer.from(given, 'hex'));
  }

  parseWebhook(body: Buffer): readonly ProviderEvent[] {
    const { id, type, at, payment } = eventSchema.parse(JSON.parse(body.toString('utf8')));
    return [{ eventId: id, type, occurredAt: new Date(at), providerId: payment }];
  }

  private async post(path: string, asked: Operation, body: object): Promise<Outcome> {
    const headers = { ...this.headers(), 'idempotency-key': asked.idempotencyKey, 'content-type': 'application/json' };
    const request = { method: 'POST', path, headers, body: JSON.stringify(body) } as const;
    const exchange = await this.http.sendUntilClear(request, new Deadline(this.options.timeoutMs), ({ status }) => status === 409);
    return ofExchange(asked, exchange) ?? this.outcomeOf(asked, exchange);
  }

  private outcomeOf(asked: Operation, exchange: Exchange): Outcome {
    const error = exchange.kind === 'answered' && exchange.status >= 400 ? errorSchema.safeParse(exchange.json).data : undefined;
    if (error) return none(this.declines.read(error.code, error.message, 'refused'));
    const payment = read(exchange, this.declines);
    if (payment?.reference !== asked.reference) return unknown('The answer cannot be read, or is about another payment');
    return payment.decline ? none(payment.decline, payment) : applied(payment);
  }

  private headers(): Record<string, string> {
    return { authorization: `Bearer ${this.options.credentials['apiKey']}` };
  }
}

const isPayment = ({ status }: Answered): boolean => status === 200 || status === 402;

function read(exchange: Exchange, declines: DeclineReader): ProviderPayment | undefined {
  const payment = exchange.kind === 'answered' && isPayment(exchange) ? paymentSchema.safeParse(exchange.json).data : undefined;
  if (!payment) return undefined;
  const { id, authorized, captured, refunds, decline, ...same } = payment;
  return {
    ...same,
    providerId: id,
    authorizedMinor: same.state === 'voided' ? 0 : authorized,
    capturedMinor: captured,
    refundedMinor: refunds.reduce((sum, { amount }) => sum + amount, 0),
    refunds: refunds.map(({ id, reference, amount }) => ({ providerId: id, reference, amountMinor: amount, state: 'succeeded' })),
    ...(decline && { decline: declines.read(decline.code, decline.message) }),
  };
}

export const sample: Connector = {
  name: 'sample',
  title: 'A sample',
  credentials: ['apiKey', 'webhookSecret'],
  liveUrl: null,
  connect: (options) => new SampleConnection(options),
};

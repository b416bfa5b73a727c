import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type Stripe, stripeClient } from '../../stripe/stripe-client.js';
import { type StripeFailure, stripeFailure, type StripeRefusal } from '../../stripe/stripe-failure.js';
import { isSignedByStripe } from '../../stripe/stripe-signature.js';
import { readCredentials } from '../credentials.js';
import { Deadline } from '../deadline.js';
import { applied, DeclineReader, keyReused, none, notTaken, notWritable, ofStatus, refusedBeforehand, unknown } from '../outcomes.js';
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
  Question,
  Refund,
} from '../payment-provider.js';
import { stripeAmounts, stripeCurrencies } from './stripe.amounts.js';
import { booksOf, referenceKey } from './stripe.books.js';
import { stripeDeclines } from './stripe.declines.js';
import { eventSchema, type Intent, intentSchema, listOf, refundSchema } from './stripe.wire.js';

type Sending = Stripe.RequestOptions;
type Tried<Value> = { readonly value: Value } | { readonly failure: StripeFailure };

const inFlightPausesMs = [100, 200, 400];
/** Stripe's search lags by less than a minute, and by up to an hour when it is in trouble. */
const searchLagMs = 3_600_000;
const mostRefunds = 100;

export const stripeCredentials = ['secretKey', 'webhookSecret'] as const;

export class StripeProvider implements PaymentProvider {
  readonly name = 'stripe';
  readonly capabilities: Capabilities = {
    currencies: stripeCurrencies,
    methods: ['card'],
    partialCapture: true,
    partialRefund: true,
    resolvedBy: 'query',
    keysLastHours: 24,
  };
  private readonly stripe: Stripe;
  private readonly declines: DeclineReader;
  private readonly webhookSecret: string;

  constructor(private readonly options: ConnectorOptions) {
    const { baseUrl, timeoutMs } = options;
    const credentials = readCredentials(stripeCredentials, options);
    this.stripe = stripeClient({ secretKey: credentials.secretKey, baseUrl, timeoutMs });
    this.declines = new DeclineReader(stripeDeclines, credentials);
    this.webhookSecret = credentials.webhookSecret;
  }

  async authorize(asked: Authorization): Promise<Outcome> {
    const refused = refusedBeforehand(this.capabilities, asked);
    const amount = refused ? undefined : stripeAmounts.units(asked.amount);
    if (amount === undefined) return refused ?? notWritable();
    const deadline = new Deadline(this.options.timeoutMs);
    const tried = await this.operate(asked, deadline, (sending) => this.stripe.paymentIntents.create(toIntent(asked, amount), sending));
    return this.outcomeOf(asked, tried);
  }

  async capture(asked: Capture): Promise<Outcome> {
    const amount = stripeAmounts.units(asked.amount);
    if (amount === undefined) return notWritable();
    const deadline = new Deadline(this.options.timeoutMs);
    const tried = await this.operate(asked, deadline, (sending) =>
      this.stripe.paymentIntents.capture(asked.providerId, { amount_to_capture: amount }, sending),
    );
    return this.outcomeOf(asked, tried, asked.providerId);
  }

  async void(asked: Followup): Promise<Outcome> {
    const deadline = new Deadline(this.options.timeoutMs);
    const tried = await this.operate(asked, deadline, (sending) => this.stripe.paymentIntents.cancel(asked.providerId, {}, sending));
    return this.outcomeOf(asked, tried, asked.providerId);
  }

  async refund(asked: Refund): Promise<Outcome> {
    const amount = stripeAmounts.units(asked.amount);
    if (amount === undefined) return notWritable();
    const deadline = new Deadline(this.options.timeoutMs);
    const metadata = { [referenceKey]: asked.refundReference };
    const tried = await this.operate(asked, deadline, (sending) =>
      this.stripe.refunds.create({ payment_intent: asked.providerId, amount, metadata }, sending),
    );
    if ('failure' in tried) return this.outcomeOf(asked, tried);
    const refund = refundSchema.safeParse(tried.value);
    if (!refund.success || refund.data.payment_intent !== asked.providerId) return unknown('The answer cannot be read');
    const found = await this.look(asked.providerId, deadline);
    if (found.outcome !== 'found') return unknown('It was refunded, but the books cannot be read');
    if (refund.data.status !== 'failed') return applied(found.payment);
    return none(this.declines.read('refund_failed', 'The refund failed', 'refused'), found.payment);
  }

  async query({ reference, providerId, quietForMs = 0 }: Question): Promise<Found> {
    const deadline = new Deadline(this.options.timeoutMs);
    if (providerId !== undefined) return this.look(providerId, deadline);
    const query = `metadata['${referenceKey}']:'${reference.replaceAll("'", "\\'")}'`;
    const tried = await this.attempt(deadline, (sending) => this.stripe.paymentIntents.search({ query, limit: 2 }, sending));
    const page = 'value' in tried ? listOf(intentSchema).safeParse(tried.value) : undefined;
    if (!page?.success) return unknown('Stripe could not be asked');
    const [intent, another] = page.data.data;
    if (another) return unknown('Stripe has several payments of this reference');
    if (intent) return this.withRefunds(intent, deadline);
    return quietForMs > searchLagMs ? { outcome: 'absent' } : unknown('The search may lag');
  }

  async verifyWebhook(headers: IncomingHttpHeaders, body: Buffer, now: Date): Promise<boolean> {
    return isSignedByStripe(this.stripe, body, headers['stripe-signature'], this.webhookSecret, now);
  }

  parseWebhook(body: Buffer): readonly ProviderEvent[] {
    const { id, type, created, data } = eventSchema.parse(JSON.parse(body.toString('utf8')));
    const about = data.object;
    const isIntent = about.object === 'payment_intent';
    const providerId = isIntent ? about.id : about.payment_intent;
    if (!providerId) return [];
    const reference = isIntent ? about.metadata?.[referenceKey] : undefined;
    return [{ eventId: id, type, occurredAt: new Date(created * 1000), providerId, ...(reference !== undefined && { reference }) }];
  }

  private async look(id: string, deadline: Deadline): Promise<Found> {
    const tried = await this.attempt(deadline, (sending) => this.stripe.paymentIntents.retrieve(id, {}, sending));
    if ('failure' in tried) {
      const { failure } = tried;
      const isMissing = failure.kind === 'answered' && failure.status === 404 && failure.code === 'resource_missing';
      return isMissing ? { outcome: 'absent' } : unknown('Stripe could not be asked');
    }
    const intent = intentSchema.safeParse(tried.value);
    return intent.success ? this.withRefunds(intent.data, deadline) : unknown('The answer cannot be read');
  }

  private async withRefunds(intent: Intent, deadline: Deadline): Promise<Found> {
    const asked = { payment_intent: intent.id, limit: mostRefunds };
    const tried = await this.attempt(deadline, (sending) => this.stripe.refunds.list(asked, sending));
    const refunds = 'value' in tried ? listOf(refundSchema).safeParse(tried.value) : undefined;
    if (!refunds?.success || refunds.data.has_more) return unknown('The refunds cannot be read');
    const payment = booksOf(intent, refunds.data.data, this.declines);
    return payment ? { outcome: 'found', payment } : unknown('The answer cannot be read');
  }

  private async attempt<Value>(
    deadline: Deadline,
    call: (sending: Sending) => Promise<Value>,
    sending: Sending = {},
  ): Promise<Tried<Value>> {
    const { leftMs } = deadline;
    if (leftMs === 0) return { failure: { kind: 'never-sent' } };
    try {
      return { value: await call({ ...sending, timeout: leftMs }) };
    } catch (error) {
      return { failure: stripeFailure(error) };
    }
  }

  /** Once more while Stripe is still at work on the same key. */
  private async operate<Value>(asked: Operation, deadline: Deadline, call: (sending: Sending) => Promise<Value>): Promise<Tried<Value>> {
    const sending = { idempotencyKey: asked.idempotencyKey };
    for (const pauseMs of inFlightPausesMs) {
      const tried = await this.attempt(deadline, call, sending);
      const isInFlight = 'failure' in tried && tried.failure.kind === 'answered' && tried.failure.status === 409;
      if (!isInFlight || deadline.leftMs <= pauseMs) return tried;
      await pause(pauseMs);
    }
    return { failure: { kind: 'unreadable' } };
  }

  private outcomeOf(asked: Operation, tried: Tried<unknown>, providerId?: string): Outcome {
    if ('failure' in tried) return this.outcomeOfFailure(asked, tried.failure);
    const payment = this.read(tried.value);
    if (!payment) return unknown('The answer cannot be read');
    if (payment.reference !== asked.reference || (providerId ?? payment.providerId) !== payment.providerId) {
      return unknown('The answer is about another payment');
    }
    return payment.decline ? none(payment.decline, payment) : applied(payment);
  }

  private outcomeOfFailure(asked: Operation, failure: StripeFailure): Outcome {
    if (failure.kind === 'never-sent') return notTaken(asked, 'provider_unavailable', 'not_sent', 'Stripe cannot be reached');
    if (failure.kind !== 'answered') return unknown('Stripe gave no answer that can be read');
    if (failure.type === 'idempotency_error' && failure.status === 400) return keyReused(asked);
    return ofStatus(asked, failure.status) ?? this.refusal(failure);
  }

  private refusal({ status, code, message, paymentIntent }: StripeRefusal): Outcome {
    const payment = this.read(paymentIntent);
    return none(this.declines.read(code, message, status === 402 ? 'other' : 'refused'), payment);
  }

  private read(value: unknown): ProviderPayment | undefined {
    const intent = intentSchema.safeParse(value);
    return intent.success ? booksOf(intent.data, [], this.declines) : undefined;
  }
}

function toIntent(asked: Authorization, amount: number): Stripe.PaymentIntentCreateParams {
  const { amount: money, capture, method, customer, returnUrl, reference } = asked;
  return {
    amount,
    currency: money.currency.toLowerCase(),
    confirm: true,
    capture_method: capture === 'now' ? 'automatic' : 'manual',
    payment_method: method.token,
    metadata: { [referenceKey]: reference },
    ...(customer.email && { receipt_email: customer.email }),
    // Without an address to come back to only methods that stay on the page can be taken.
    ...(returnUrl === undefined ? { automatic_payment_methods: { enabled: true, allow_redirects: 'never' } } : { return_url: returnUrl }),
  };
}

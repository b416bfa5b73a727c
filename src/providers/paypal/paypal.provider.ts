import type { IncomingHttpHeaders } from 'node:http';
import { readCredentials } from '../credentials.js';
import { Deadline } from '../deadline.js';
import {
  applied,
  DeclineReader,
  keyReused,
  none,
  notTaken,
  notWritable,
  ofExchange,
  ofStatus,
  refusedBeforehand,
  unknown,
} from '../outcomes.js';
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
  Question,
  Refund,
} from '../payment-provider.js';
import type { Answered, Exchange } from '../provider-http.js';
import { paypalAmounts, paypalCurrencies } from './paypal.amounts.js';
import { issueOf, PaypalApi, type PaypalCall } from './paypal.api.js';
import { booksOf, isShell } from './paypal.books.js';
import { paypalDeclines } from './paypal.declines.js';
import { PaypalSignatures } from './paypal.signature.js';
import { eventSchema, type Order, orderSchema, type PaypalAmount } from './paypal.wire.js';

const segment = encodeURIComponent;

export const paypalCredentials = ['clientId', 'clientSecret', 'webhookId'] as const;

export class PaypalProvider implements PaymentProvider {
  readonly name = 'paypal';
  readonly capabilities: Capabilities = {
    currencies: paypalCurrencies,
    methods: ['card', 'paypal'],
    partialCapture: true,
    partialRefund: true,
    resolvedBy: 'query',
    keysLastHours: 6,
  };
  private readonly api: PaypalApi;
  private readonly declines: DeclineReader;
  private readonly signatures: PaypalSignatures;

  constructor(private readonly options: ConnectorOptions) {
    const { baseUrl, timeoutMs } = options;
    const credentials = readCredentials(paypalCredentials, options);
    this.api = new PaypalApi(baseUrl, credentials);
    this.declines = new DeclineReader(paypalDeclines, credentials);
    this.signatures = new PaypalSignatures(baseUrl, credentials.webhookId, timeoutMs);
  }

  /** The order first, which moves no money; only with its name remembered is it paid. */
  async authorize(asked: Authorization): Promise<Outcome> {
    const refused = refusedBeforehand(this.capabilities, asked);
    const amount = refused ? undefined : wireAmount(asked.amount);
    if (!amount) return refused ?? notWritable();
    const deadline = new Deadline(this.options.timeoutMs);
    if (asked.providerId !== undefined) return this.pay(asked, asked.providerId, deadline);
    const created = await this.api.call(toOrder(asked, amount), deadline);
    const order = readOrder(created);
    if (!order) return this.notBegun(asked, created);
    await asked.remember?.(order.id);
    return this.pay(asked, order.id, deadline);
  }

  async capture(asked: Capture): Promise<Outcome> {
    const amount = wireAmount(asked.amount);
    if (!amount) return notWritable();
    return this.followUp(asked, ({ authorizations }) => {
      const id = authorizations.at(-1)?.id;
      return id && { path: `/v2/payments/authorizations/${segment(id)}/capture`, body: { amount, final_capture: true } };
    });
  }

  async void(asked: Followup): Promise<Outcome> {
    return this.followUp(asked, ({ authorizations }) => {
      const id = authorizations.at(-1)?.id;
      return id && { path: `/v2/payments/authorizations/${segment(id)}/void` };
    });
  }

  async refund(asked: Refund): Promise<Outcome> {
    const amount = wireAmount(asked.amount);
    if (!amount) return notWritable();
    const body = { amount, custom_id: asked.reference, invoice_id: asked.refundReference };
    return this.followUp(asked, ({ captures }) => {
      const id = captures.findLast(({ status }) => status !== 'DECLINED' && status !== 'FAILED')?.id;
      return id && { path: `/v2/payments/captures/${segment(id)}/refund`, body };
    });
  }

  /** An order that nobody remembered was never paid: its name is remembered first. Neither was one that is but created. */
  async query({ reference, providerId }: Question): Promise<Found> {
    if (providerId === undefined) return { outcome: 'absent' };
    const exchange = await this.look(providerId, new Deadline(this.options.timeoutMs));
    if (exchange.kind === 'answered' && exchange.status === 404 && issueOf(exchange.json)) return { outcome: 'absent' };
    const order = readOrder(exchange);
    if (!order) return unknown('PayPal could not be asked');
    if (order.id !== providerId || order.purchase_units[0]?.custom_id !== reference) return unknown('The answer is about another payment');
    if (isShell(order)) return { outcome: 'absent' };
    const payment = booksOf(order, this.declines);
    return payment ? { outcome: 'found', payment } : unknown('The answer cannot be read');
  }

  verifyWebhook(headers: IncomingHttpHeaders, body: Buffer, now: Date): Promise<boolean> {
    return this.signatures.verify(headers, body, now);
  }

  parseWebhook(body: Buffer): readonly ProviderEvent[] {
    const { id, event_type, create_time, resource } = eventSchema.parse(JSON.parse(body.toString('utf8')));
    const isOrder = event_type.startsWith('CHECKOUT.ORDER.');
    const providerId = isOrder ? resource.id : resource.supplementary_data?.related_ids?.order_id;
    const reference = isOrder ? resource.purchase_units?.[0]?.custom_id : resource.custom_id;
    if (!providerId && !reference) return [];
    const about = { ...(providerId && { providerId }), ...(reference && { reference }) };
    return [{ eventId: id, type: event_type, occurredAt: new Date(create_time), ...about }];
  }

  private async pay(asked: Authorization, orderId: string, deadline: Deadline): Promise<Outcome> {
    const path = `/v2/checkout/orders/${segment(orderId)}/${asked.capture === 'now' ? 'capture' : 'authorize'}`;
    const paid = await this.api.call({ path, key: asked.idempotencyKey, body: { payment_source: toSource(asked) } }, deadline);
    const issue = refusalOf(paid)?.issue ?? '';
    // Paid by an earlier try, whose key is forgotten.
    if (issue === 'ORDER_ALREADY_CAPTURED' || issue === 'ORDER_ALREADY_AUTHORIZED') return this.booksAfter(asked, orderId, deadline);
    if (issue !== 'PAYER_ACTION_REQUIRED') return this.refusal(asked, paid) ?? this.outcomeOf(asked, orderId, readOrder(paid));
    const order = readOrder(await this.look(orderId, deadline));
    if (order?.status !== 'APPROVED') return this.outcomeOf(asked, orderId, order);
    const completed = await this.api.call({ path, key: `${asked.idempotencyKey}-approved` }, deadline);
    return this.refusal(asked, completed) ?? this.outcomeOf(asked, orderId, readOrder(completed));
  }

  private look(orderId: string, deadline: Deadline): Promise<Exchange> {
    return this.api.call({ path: `/v2/checkout/orders/${segment(orderId)}` }, deadline);
  }

  /** Does something to what is in the order, and reads the order again. */
  private async followUp(asked: Followup, find: (payments: Payments) => Omit<PaypalCall, 'key'> | '' | undefined): Promise<Outcome> {
    const deadline = new Deadline(this.options.timeoutMs);
    const before = await this.look(asked.providerId, deadline);
    const order = readOrder(before);
    if (!order) return this.notBegun(asked, before);
    const [unit] = order.purchase_units;
    const step = unit && find(unit.payments);
    if (!step) return none(this.declines.read('ORDER_NOT_APPROVED', 'The order has nothing of the kind'));
    const done = await this.api.call({ ...step, key: asked.idempotencyKey }, deadline);
    return this.refusal(asked, done) ?? this.booksAfter(asked, asked.providerId, deadline);
  }

  private async booksAfter(asked: Operation, orderId: string, deadline: Deadline): Promise<Outcome> {
    return this.outcomeOf(asked, orderId, readOrder(await this.look(orderId, deadline)));
  }

  private outcomeOf(asked: Operation, orderId: string, order: Order | undefined): Outcome {
    const payment = order && booksOf(order, this.declines);
    if (!payment) return unknown('The answer cannot be read');
    if (payment.providerId !== orderId || payment.reference !== asked.reference) return unknown('The answer is about another payment');
    return payment.decline ? none(payment.decline, payment) : applied(payment);
  }

  /** Undefined where it was taken, and where the answer has to be read. */
  private refusal(asked: Operation, exchange: Exchange): Outcome | undefined {
    const plain = ofExchange(asked, exchange);
    if (plain || exchange.kind !== 'answered') return plain;
    if (isDone(exchange)) return fallen(exchange, this.declines);
    return this.refused(asked, exchange) ?? unknown('The answer cannot be read');
  }

  /** The step that moves money was not reached. */
  private notBegun(asked: Operation, exchange: Exchange): Outcome {
    const plain = exchange.kind === 'answered' && exchange.status < 500 ? ofStatus(asked, exchange.status) : undefined;
    const notBegun = () => notTaken(asked, 'provider_unavailable', 'not_begun', 'PayPal did not let it begin');
    return plain ?? this.refused(asked, exchange) ?? notBegun();
  }

  private refused(asked: Operation, exchange: Exchange): Outcome | undefined {
    const refusal = refusalOf(exchange);
    if (refusal?.issue === 'DUPLICATE_REQUEST_ID') return keyReused(asked);
    return refusal && none(this.declines.read(refusal.issue, refusal.message, 'refused'));
  }
}

type Payments = Order['purchase_units'][number]['payments'];

const isDone = ({ status }: Answered): boolean => status >= 200 && status < 300;

function readOrder(exchange: Exchange): Order | undefined {
  return exchange.kind === 'answered' && isDone(exchange) ? orderSchema.safeParse(exchange.json).data : undefined;
}

function refusalOf(exchange: Exchange) {
  return exchange.kind === 'answered' && exchange.status >= 400 && exchange.status < 500 ? issueOf(exchange.json) : undefined;
}

/** A capture or a refund that was taken and came to nothing at once, or of which nothing can be read. */
function fallen({ status: httpStatus, json }: Answered, declines: DeclineReader): Outcome | undefined {
  if (httpStatus !== 204 && json === undefined) return unknown('The answer cannot be read');
  const { status, processor_response: processor } = (json ?? {}) as { status?: unknown; processor_response?: { response_code?: unknown } };
  if (status !== 'DECLINED' && status !== 'FAILED') return undefined;
  const code = processor?.response_code;
  return none(declines.read(typeof code === 'string' ? code : 'TRANSACTION_REFUSED', 'PayPal took it and it failed'));
}

function wireAmount(money: Authorization['amount']): PaypalAmount | undefined {
  const value = paypalAmounts.decimal(money);
  return value === undefined ? undefined : { currency_code: money.currency, value };
}

function toOrder({ reference, idempotencyKey, capture }: Authorization, amount: PaypalAmount): PaypalCall {
  const intent = capture === 'now' ? 'CAPTURE' : 'AUTHORIZE';
  const body = { intent, purchase_units: [{ custom_id: reference, amount }] };
  return { path: '/v2/checkout/orders', key: `${idempotencyKey}-order`, body };
}

function toSource({ method: { type, token }, returnUrl }: Authorization): object {
  const context = returnUrl === undefined ? {} : { experience_context: { return_url: returnUrl, cancel_url: returnUrl } };
  return type === 'card' ? { card: { single_use_token: token, ...context } } : { paypal: { vault_id: token, ...context } };
}

import type { z } from 'zod';
import type { Engine } from '../engine/engine.js';
import type { CustomerDecision } from '../engine/simulator.js';
import type { Table } from '../engine/store.js';
import { type Amount, type Answer, type Refused, type Turn } from '../engine/wire.js';
import { chanceDeclines, type StripeDecline, stripeDeclines } from './declines.js';
import { impossible, malformed, missing } from './errors.js';
import { capturable, type Charge, type Intent, type IntentStatus, moved, paidCharge, referenceKey } from './intent.js';
import { testMethod } from './methods.js';
import type { cancelParams, captureParams, confirmParams, CreateParams } from './params.js';
import type { StripeEvents } from './stripe-events.js';
import { stripeId } from './stripe-id.js';
import { errorView, intentView, seconds } from './views.js';

const maxAmount = 99_999_999;
const cancelable: readonly IntentStatus[] = ['requires_payment_method', 'requires_confirmation', 'requires_action', 'requires_capture'];
const confirmable: readonly IntentStatus[] = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

/** PaymentIntents and what can happen to them. */
export class Intents {
  private readonly table: Table<Intent>;

  constructor(
    private readonly engine: Engine,
    private readonly events: StripeEvents,
  ) {
    this.table = engine.store.table('intents');
  }

  all(): readonly Intent[] {
    return this.table.rows();
  }

  lookUp(id: string): Intent | undefined {
    return this.table.get(id);
  }

  /** @throws Refused */
  find(id: string): Intent {
    const intent = this.table.get(id);
    if (!intent) throw missing('payment_intent', id);
    return intent;
  }

  put(intent: Intent): Intent {
    this.table.put(intent.id, intent);
    return intent;
  }

  create(params: CreateParams, turn: Turn): Intent {
    const method = params.payment_method ?? null;
    if (method !== null) checkMethod(method);
    checkAmount(params.amount);
    const id = stripeId('pi');
    const asked = { value: params.amount, currency: params.currency.toLowerCase() };
    const amount = params.confirm ? asked : lower(turn.twist(asked));
    const intent = this.put({
      ...drafted(params),
      id,
      reference: params.metadata?.[referenceKey] ?? id,
      createdMs: this.engine.now().getTime(),
      amount: amount.value,
      currency: amount.currency,
      status: method === null ? 'requires_payment_method' : 'requires_confirmation',
      method,
    });
    this.events.ofIntent('payment_intent.created', intent);
    return params.confirm ? this.confirm(intent, params, turn) : intent;
  }

  confirm(intent: Intent, params: z.infer<typeof confirmParams>, turn: Turn): Intent {
    if (!confirmable.includes(intent.status)) throw this.unexpected(intent, 'confirm');
    const method = params.payment_method ?? intent.method;
    if (method === null) throw malformed("You cannot confirm this PaymentIntent because it's missing a payment method.", noMethod);
    const { outcome } = checkMethod(method);
    const returnUrl = params.return_url ?? intent.returnUrl;
    if (returnUrl === null && intent.allowRedirects === 'always')
      throw malformed(needsReturnUrl, { code: 'payment_intent_invalid_parameter' });
    const { value, currency } = lower(turn.twist({ value: intent.amount, currency: intent.currency }));
    const captureMethod = params.capture_method ?? intent.captureMethod;
    const receiptEmail = params.receipt_email ?? intent.receiptEmail;
    const asked: Intent = { ...intent, method, returnUrl, captureMethod, receiptEmail, amount: value, currency, lastError: null };
    if (outcome !== 'approve' && outcome !== 'authenticate') return this.decline(asked, method, stripeDeclines[outcome]);
    const isAlone = params.off_session === true || params.error_on_requires_action === true;
    if (outcome === 'authenticate' && isAlone) return this.decline(asked, method, stripeDeclines.authentication_required);
    if (this.engine.isUnlucky(asked.reference)) {
      return this.decline(asked, method, stripeDeclines[this.engine.chance.pick('decline', asked.reference, chanceDeclines)]);
    }
    if (outcome === 'approve') return this.authorize(asked, method, turn.key);
    return this.told('payment_intent.requires_action', { ...asked, status: 'requires_action' });
  }

  capture(intent: Intent, params: z.infer<typeof captureParams>, turn: Turn): Intent {
    if (intent.status !== 'requires_capture') throw this.unexpected(intent, 'capture');
    const asked = params.amount_to_capture ?? capturable(intent);
    if (asked < 1 || asked > capturable(intent)) {
      const words = 'The amount you are trying to capture is greater than the remaining capturable amount of the PaymentIntent.';
      throw impossible(words, { code: 'amount_too_large', param: 'amount_to_capture' });
    }
    const { value } = turn.twist({ value: asked, currency: intent.currency });
    const named: Intent = { ...intent, metadata: { ...intent.metadata, ...params.metadata } };
    return this.captured(named, value, params.metadata?.[referenceKey] ?? null, turn.key);
  }

  cancel(intent: Intent, params: z.infer<typeof cancelParams>, turn: Turn): Intent {
    if (!cancelable.includes(intent.status)) throw this.unexpected(intent, 'cancel');
    const canceledAt = seconds(this.engine.now().getTime());
    const change = { status: 'canceled', canceledAt, cancellationReason: params.cancellation_reason ?? null } as const;
    const charge = paidCharge(intent);
    if (!charge) return this.told('payment_intent.canceled', { ...intent, ...change });
    const movement = { kind: 'void', id: charge.id, amount: charge.amount, reference: null, key: turn.key, at: this.at() } as const;
    return this.told('payment_intent.canceled', moved(intent, movement, change));
  }

  /** The customer comes back from the page that the intent sent them to. */
  decide(intent: Intent, decision: CustomerDecision): Intent | null {
    if (intent.status !== 'requires_action' || intent.method === null) return null;
    if (decision === 'approve') return this.authorize(intent, intent.method, null);
    const failed: Intent = { ...intent, status: 'requires_payment_method', method: null, lastError: stripeDeclines.authentication_failure };
    return this.told('payment_intent.payment_failed', failed);
  }

  private authorize(intent: Intent, method: string, key: string | null): Intent {
    const charge = this.charge(intent, method, null);
    const movement = {
      kind: 'authorization',
      id: charge.id,
      amount: charge.amount,
      reference: intent.reference,
      key,
      at: this.at(),
    } as const;
    const held = moved(intent, movement, { status: 'requires_capture', charges: [...intent.charges, charge] });
    if (intent.captureMethod === 'manual') return this.told('payment_intent.amount_capturable_updated', held);
    return this.captured(held, charge.amount, intent.reference, key);
  }

  private captured(intent: Intent, amount: number, reference: string | null, key: string | null): Intent {
    const id = paidCharge(intent)?.id ?? intent.id;
    const movement = { kind: 'capture', id, amount, reference, key, at: this.at() } as const;
    return this.told('payment_intent.succeeded', moved(intent, movement, { status: 'succeeded' }));
  }

  private decline(intent: Intent, method: string, failure: StripeDecline): Intent {
    const charges = [...intent.charges, this.charge(intent, method, failure)];
    const declined: Intent = { ...intent, status: 'requires_payment_method', method: null, lastError: failure, charges };
    return this.told('payment_intent.payment_failed', declined);
  }

  private charge({ amount, currency }: Intent, method: string, failure: StripeDecline | null): Charge {
    return { id: stripeId('ch'), method, amount, currency, created: seconds(this.engine.now().getTime()), failure };
  }

  private told(type: string, intent: Intent): Intent {
    this.put(intent);
    this.events.ofIntent(type, intent);
    return intent;
  }

  private at(): string {
    return this.engine.now().toISOString();
  }

  private unexpected(intent: Intent, verb: string): Refused {
    const words = `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}.`;
    return impossible(words, { code: 'payment_intent_unexpected_state', payment_intent: intentView(intent, this.engine.baseUrl()) });
  }
}

const noMethod = { code: 'payment_intent_unexpected_state' } as const;
const needsReturnUrl =
  'This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might ' +
  'redirect your customer off of your page, you must provide a `return_url`. If you do not want to accept redirect-based payment ' +
  'methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never`.';

const lower = ({ value, currency }: Amount): Amount => ({ value, currency: currency.toLowerCase() });

const drafted = (params: CreateParams) => ({
  captureMethod: params.capture_method ?? 'automatic_async',
  confirmationMethod: params.confirmation_method ?? 'automatic',
  allowRedirects: params.automatic_payment_methods?.allow_redirects ?? 'always',
  metadata: params.metadata ?? {},
  returnUrl: params.return_url ?? null,
  receiptEmail: params.receipt_email ?? null,
  description: params.description ?? null,
  customer: params.customer ?? null,
  statementSuffix: params.statement_descriptor_suffix ?? null,
  lastError: null,
  charges: [],
  movements: [],
  canceledAt: null,
  cancellationReason: null,
});

function checkMethod(name: string) {
  const method = testMethod(name);
  if (!method) throw missing('PaymentMethod', name, 'payment_method');
  return method;
}

function checkAmount(amount: number): void {
  if (amount < 1) throw malformed('This value must be greater than or equal to 1.', { code: 'parameter_invalid_integer', param: 'amount' });
  if (amount > maxAmount) throw malformed('Amount must be no more than $999,999.99', { code: 'amount_too_large', param: 'amount' });
}

/** Stripe answers a declined confirmation with 402, and with the intent in the error. */
export function declinedAnswer(intent: Intent, baseUrl: string): Answer | null {
  const { lastError } = intent;
  if (lastError === null) return null;
  const error = { ...errorView(lastError, intent, intent.charges.at(-1)), payment_intent: intentView(intent, baseUrl) };
  return { status: 402, body: { error } };
}

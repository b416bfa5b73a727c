import { type AuditEntry, auditActorOf, type Author } from '../audit/audit-entry.js';
import type { Event, EventType } from '../events/event.js';
import { newId } from '../kernel/ids.js';
import { type Payment, statusOf } from './payment.js';
import { flowSummary } from './payment-flow.js';
import { changedFields, type ComparedField } from './payment-changes.js';

/** What a change leaves behind: its audit entry and its events. Their ids are made once, before the write is tried. */
export interface PaymentRecord {
  readonly audit: AuditEntry;
  readonly events: readonly Event[];
}
export interface ChangeContext {
  readonly actor: Author;
  readonly at: Date;
  readonly traceId: string;
}

export function recordOf(before: Payment | null, after: Payment | null, context: ChangeContext): PaymentRecord {
  const payment = after ?? before;
  if (!payment) throw new Error('A change needs a payment before or after it');
  const fields = before && after ? changedFields(before, after) : [];
  const events = eventTypes(before, after, fields).map((type) => eventOf(type, payment, context));
  return { audit: auditOf(before, after, payment, fields, context), events };
}

function eventTypes(before: Payment | null, after: Payment | null, fields: readonly ComparedField[]): EventType[] {
  if (!before) return ['PAYMENT_CREATED'];
  if (!after) return ['PAYMENT_DELETED'];
  const core = fields.some((field) => !['state', 'attempts', 'decisions', 'flow'].includes(field));
  const isRefund = JSON.stringify(before.flow?.refunds) !== JSON.stringify(after.flow?.refunds);
  return [
    ...(core ? (['PAYMENT_UPDATED'] as const) : []),
    ...(fields.includes('state') ? (['PAYMENT_STATUS_CHANGED'] as const) : []),
    ...(fields.includes('attempts') ? (['PAYMENT_ATTEMPTS_RECORDED'] as const) : []),
    ...(isRefund ? (['PAYMENT_REFUND_CHANGED'] as const) : []),
    ...(after.flow?.review && !before.flow?.review ? (['PAYMENT_REVIEW_WANTED'] as const) : []),
  ];
}

function eventOf(type: EventType, payment: Payment, { actor, at, traceId }: ChangeContext): Event {
  const subject = { type: 'payment', id: publicId(payment) };
  const data = { ...summary(payment), attempts: payment.attempts.length };
  return { _id: newId('evt'), tenantId: payment.tenantId, type, version: 1, at, sourceAgent: actor.userId, subject, data, traceId };
}

function auditOf(
  before: Payment | null,
  after: Payment | null,
  payment: Payment,
  fields: readonly ComparedField[],
  { actor, at, traceId }: ChangeContext,
): AuditEntry {
  const shown = (side: Payment | null) => (side === null ? null : before && after ? pick(side, fields) : summary(side));
  return {
    _id: newId('aud'),
    tenantId: payment.tenantId,
    at,
    actor: auditActorOf(actor),
    action: before === null ? 'payment.created' : after === null ? 'payment.deleted' : 'payment.updated',
    subject: { type: 'payment', id: publicId(payment) },
    before: shown(before),
    after: shown(after),
    traceId,
  };
}

/** Whom the payment was for is personal data, and of a charge the merchant too: they stay in the payment alone, where they can be erased. */
function pick(payment: Payment, fields: readonly ComparedField[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field, shownOf(field, payment)]));
}

function shownOf(field: ComparedField, payment: Payment): unknown {
  if (field === 'flow') return payment.flow ? flowSummary(payment.flow) : null;
  return field === 'customer' || (field === 'merchant' && payment.charge) ? '(changed)' : payment[field];
}

function summary({ merchant, paymentType, amountMinor, currency, region, state, ownerId, initiatedAt, charge, flow }: Payment) {
  const core = { paymentType, amountMinor, currency, region, state, status: statusOf[state], ownerId, initiatedAt };
  return { ...(!charge && { merchant }), ...core, ...(flow && { flow: flowSummary(flow) }) };
}

/** The platform's id: derived, no second key. */
export const publicId = ({ id }: Pick<Payment, 'id'>): string => `pay_${id}`;

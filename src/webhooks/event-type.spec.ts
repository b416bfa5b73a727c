import { dottedType, eventPattern, wants } from './event-type.js';

it.each([
  ['PAYMENT_CREATED', {}, 'payment.created'],
  ['PAYMENT_ATTEMPTS_RECORDED', {}, 'payment.attempts_recorded'],
  ['PAYMENT_STATUS_CHANGED', { status: 'success' }, 'payment.completed'],
  ['PAYMENT_STATUS_CHANGED', { status: 'failed' }, 'payment.failed'],
  ['PAYMENT_STATUS_CHANGED', { status: 'pending' }, 'payment.status_changed'],
  ['STORE_ITEM_CREATED', {}, 'store_item.created'],
  ['WEBHOOK_ENDPOINT_SECRET_ROTATED', {}, 'webhook_endpoint.secret_rotated'],
  ['CREDITS_GRANTED', {}, 'credits.granted'],
  ['KEY_REVOKED', {}, 'key.revoked'],
  ['INGESTED', {}, 'ingested'],
])('calls %s %j %s', (type, data, dotted) => {
  expect(dottedType({ type, data })).toBe(dotted);
  expect(dotted).toMatch(eventPattern);
});

it.each([
  [['*'], true],
  [['payment.completed'], true],
  [['payment.*'], true],
  [['credits.*', 'payment.*'], true],
  [[], false],
  [['payment'], false],
  [['payment.complete'], false],
  [['pay.*'], false],
  [['credits.*'], false],
])('by %j payment.completed is wanted: %s', (patterns, isWanted) => {
  expect(wants(patterns, 'payment.completed')).toBe(isWanted);
});

import type { Role } from '../kernel/actor/permissions.js';
import { AccessDenied } from '../kernel/fault/common-faults.js';
import { Invalid } from '../kernel/fault/fault.js';
import { readMoment } from '../kernel/time/calendar.js';
import { type Customer, isStatus, limits } from './payment.js';
import type { CoreChange, NewPayment, PaymentChange } from './payment-changes.js';
import { readAttempts, readCustomer } from './payments.routing.details.js';

type Fields = Readonly<Record<string, unknown>>;

const currencies = ['GBP', 'USD', 'EUR'];
const coreNames = ['merchant', 'payment_type', 'amount_minor', 'currency', 'region', 'customer_details', 'initiated_at'];
const required = ['merchant', 'payment_type', 'currency', 'region'] as const;

/** The checks and their order are published: the first field that fails names the answer. @throws Invalid */
export function readNewPayment(body: unknown): NewPayment {
  const fields = fieldsOf(body);
  const amountMinor = readAmount(fields.amount_minor);
  const [merchant, paymentType, currency, region] = required.map((name) => {
    return readName(fields[name], 'Missing fields', `${name} is too long`);
  }) as [string, string, string, string];
  if (!currencies.includes(currency)) fail('Invalid currency');
  const customer = readCustomer(fields.customer_details) ?? customerFields(fields);
  return { amountMinor, merchant, paymentType, currency, region, customer, attempts: readAttempts(fields.provider_attempts) ?? [] };
}

/** Finance may not even name a core field; that is said before anything else is looked at. @throws AccessDenied */
export function assertMayChange(body: unknown, role: Role): void {
  if (role === 'finance' && coreNames.some((name) => Object.hasOwn(fieldsOf(body), name))) throw new AccessDenied();
}

/** @throws Invalid */
export function readPaymentChange(body: unknown): PaymentChange {
  const fields = fieldsOf(body);
  const core = readCore(fields);
  if (fields.status !== undefined && !isStatus(fields.status)) fail('Invalid status');
  const reason = fields.reason === undefined ? undefined : readReason(fields.reason);
  const attempts = readAttempts(fields.provider_attempts);
  return { core, ...(isStatus(fields.status) && { status: fields.status }), ...(reason && { reason }), ...(attempts && { attempts }) };
}

function readCore(fields: Fields): CoreChange {
  return {
    ...(fields.merchant !== undefined && { merchant: readName(fields.merchant, 'Invalid merchant') }),
    ...(fields.payment_type !== undefined && { paymentType: readName(fields.payment_type, 'Invalid payment type') }),
    ...(fields.region !== undefined && { region: readName(fields.region, 'Invalid region') }),
    ...(fields.amount_minor !== undefined && { amountMinor: readAmount(fields.amount_minor) }),
    ...(fields.currency !== undefined && { currency: readCurrency(fields.currency) }),
    ...(fields.initiated_at !== undefined && { initiatedAt: readMoment(fields.initiated_at)?.at ?? fail('Invalid initiated_at') }),
    ...(fields.customer_details !== undefined && {
      customer: readCustomer(fields.customer_details) ?? { name: '', email: '', country: '' },
    }),
  };
}

function readName(value: unknown, message: string, tooLong = message): string {
  const text = typeof value === 'string' ? value.trim() : '';
  if (text === '') fail(message);
  return text.length <= limits.name ? text : fail(tooLong);
}

function readCurrency(value: unknown): string {
  return typeof value === 'string' && currencies.includes(value.trim()) ? value.trim() : fail('Invalid currency');
}

function readReason(value: unknown): string {
  return typeof value === 'string' && value.length <= limits.reason ? value.trim() : fail('Invalid reason');
}

/** A whole number of minor units, as JSON number or as text; never a fraction, an exponent or zero. */
export function readAmount(value: unknown): number {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^\s*[+-]?[0-9]{1,30}\s*$/.test(text)) return fail('Invalid amount');
  const amount = Number(text);
  return amount >= 1 && amount <= limits.amountMinor ? amount : fail('Invalid amount');
}

function customerFields(fields: Fields): Customer {
  const text = (name: string, longest: number) => {
    const value = fields[name] ?? '';
    return typeof value === 'string' && value.trim().length <= longest ? value.trim() : fail(`Invalid ${name}`);
  };
  return {
    name: text('customer_name', limits.name),
    email: text('customer_email', limits.email),
    country: text('customer_country', limits.name),
  };
}

function fieldsOf(body: unknown): Fields {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Fields) : {};
}

function fail(message: string): never {
  throw new Invalid(message);
}

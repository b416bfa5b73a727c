import { Invalid } from '../kernel/fault/fault.js';
import { rangeOf, readMoment } from '../kernel/time/calendar.js';
import { isAmount } from '../ledger/ledger.js';
import { BadAmount } from '../ledger/ledger.faults.js';
import { type CreditFilter, type CreditOrder, sortFields } from './credit-history.service.js';
import { ExpiryNotSupported } from './credits.faults.js';
import { longestDescription } from './credits.dto.js';

type Fields = Readonly<Record<string, unknown>>;

/** @throws BadAmount, Invalid, ExpiryNotSupported */
export function readMovement(body: unknown): { readonly amount: number; readonly description: string } {
  const { amount, description, expires_at: expiresAt } = fieldsOf(body);
  if (amount === undefined) throw new Invalid('amount is required');
  if (!isAmount(amount)) throw new BadAmount();
  if (description === undefined) throw new Invalid('description is required');
  if (typeof description !== 'string' || description.trim() === '') throw new Invalid('description must be a text');
  if (description.length > longestDescription) throw new Invalid(`description must be at most ${longestDescription} characters`);
  if (expiresAt !== undefined && expiresAt !== null) throw new ExpiryNotSupported('expires_at');
  return { amount, description: description.trim() };
}

/** @throws Invalid */
export function readPaging(query: Fields): { readonly limit: number; readonly offset: number } {
  return { limit: wholeNumber(query, 'limit', 100, 1, 1_000), offset: wholeNumber(query, 'offset', 0, 0, Number.MAX_SAFE_INTEGER) };
}

/** Days are whole and inclusive, in UTC. @throws Invalid */
export function readTransactionFilter(query: Fields): Omit<CreditFilter, 'userId'> {
  const type = oneOf(query, 'transaction_type', ['credit', 'debit'] as const);
  const range = rangeOf(day(query, 'start_date'), day(query, 'end_date'));
  if (range.from && range.before && range.from >= range.before) throw new Invalid('start_date must not be after end_date');
  return { ...range, ...(type && { type }) };
}

/** @throws Invalid */
export function readOrder(query: Fields): CreditOrder {
  const by = oneOf(query, 'sort_by', sortFields) ?? 'created_at';
  return { by, direction: oneOf(query, 'sort_order', ['asc', 'desc'] as const) ?? 'desc' };
}

/** The text of a query field that may be left out or empty. @throws Invalid */
export function readText(query: Fields, name: string): string | undefined {
  const value = query[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw new Invalid(`${name} must be given once`);
  return value.trim();
}

function oneOf<Value extends string>(query: Fields, name: string, allowed: readonly Value[]): Value | undefined {
  const text = readText(query, name);
  if (text === undefined) return undefined;
  const found = allowed.find((value) => value === text);
  if (!found) throw new Invalid(`${name} must be one of ${allowed.join(', ')}`);
  return found;
}

function day(query: Fields, name: string) {
  const text = readText(query, name);
  if (text === undefined) return undefined;
  const moment = readMoment(text);
  if (!moment?.dateOnly) throw new Invalid(`${name} must be a date, YYYY-MM-DD`);
  return moment;
}

function wholeNumber(query: Fields, name: string, absent: number, least: number, most: number): number {
  const text = readText(query, name);
  if (text === undefined) return absent;
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) {
    throw new Invalid(
      `${name} must be a whole number${most < Number.MAX_SAFE_INTEGER ? ` from ${least} to ${most}` : ` of at least ${least}`}`,
    );
  }
  return value;
}

const fieldsOf = (body: unknown): Fields => (typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Fields) : {});

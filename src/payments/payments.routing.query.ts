import { Invalid } from '../kernel/fault/fault.js';

/** Out of bounds is brought back into them; what is no whole number is refused. @throws Invalid */
export function readPage(query: Readonly<Record<string, unknown>>): { readonly page: number; readonly limit: number } {
  return {
    page: wholeNumber(query.page, 'Invalid page', 1, 1, Number.MAX_SAFE_INTEGER),
    limit: wholeNumber(query.limit, 'Invalid limit', 5, 1, 100),
  };
}

function wholeNumber(value: unknown, message: string, absent: number, least: number, most: number): number {
  if (value === undefined || value === '') return absent;
  if (typeof value !== 'string' || !/^\s*[+-]?[0-9]+\s*$/.test(value)) throw new Invalid(message);
  return Math.min(Math.max(Number(value), least), most);
}

import { AccessDenied } from '../kernel/fault/common-faults.js';
import { Invalid } from '../kernel/fault/fault.js';
import { longestEmail } from './user.js';

export interface EmailAndPassword {
  readonly email: string;
  readonly password: string;
}
type Fields = Readonly<Record<string, unknown>>;

const publishedRoles = ['admin', 'merchant', 'finance'];

/** @throws Invalid */
export function readLogin(body: unknown): EmailAndPassword {
  return readBoth(fieldsOf(body)) ?? fail('Missing credentials');
}

/** The published order: what is missing, then the role; only merchants register themselves. @throws Invalid, AccessDenied */
export function readRegistration(body: unknown): EmailAndPassword {
  const fields = fieldsOf(body);
  const given = readBoth(fields) ?? fail('Missing required fields');
  const role = readRole(fields.role);
  if (!publishedRoles.includes(role)) fail('Invalid role');
  if (role !== 'merchant') throw new AccessDenied();
  if (given.email.length > longestEmail) fail('Invalid email');
  return given;
}

/** What is not text counts as missing; a password is taken as it is, spaces and all. */
function readBoth({ email, password }: Fields): EmailAndPassword | undefined {
  if (typeof email !== 'string' || typeof password !== 'string') return undefined;
  return email.trim() === '' || password.trim() === '' ? undefined : { email: email.trim(), password };
}

function readRole(value: unknown): string {
  if (value === undefined || value === null) return 'merchant';
  return typeof value === 'string' ? value.trim().toLowerCase() || 'merchant' : fail('Invalid role');
}

function fieldsOf(body: unknown): Fields {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Fields) : {};
}

function fail(message: string): never {
  throw new Invalid(message);
}

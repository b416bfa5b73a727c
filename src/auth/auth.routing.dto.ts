import { isRole } from '../kernel/actor/permissions.js';
import { AccessDenied } from '../kernel/fault/common-faults.js';
import { Invalid } from '../kernel/fault/fault.js';
import { longestEmail } from './user.js';

export interface EmailAndPassword {
  readonly email: string;
  readonly password: string;
}
type Fields = Readonly<Record<string, unknown>>;
/** Far above what any policy takes; it only keeps the hash's work bounded. */
const longestPassword = 1_000;

/** @throws Invalid */
export function readLogin(body: unknown): EmailAndPassword {
  return readBoth(body as Fields) ?? fail('Missing credentials');
}

/** The published order: what is missing, then the role; only merchants register themselves. @throws Invalid, AccessDenied */
export function readRegistration(body: unknown): EmailAndPassword {
  const fields = body as Fields;
  const given = readBoth(fields) ?? fail('Missing required fields');
  const role = fields.role === undefined || fields.role === '' ? 'merchant' : fields.role;
  const known = typeof role === 'string' ? role.trim().toLowerCase() : undefined;
  if (!isRole(known)) fail('Invalid role');
  if (known !== 'merchant') throw new AccessDenied();
  if (given.email.length > longestEmail) fail(`Email must be at most ${longestEmail} characters`);
  return given;
}

/** What is not text counts as missing. */
function readBoth({ email, password }: Fields): EmailAndPassword | undefined {
  if (typeof email !== 'string' || typeof password !== 'string') return undefined;
  const trimmed = email.trim();
  return trimmed === '' || password === '' || password.length > longestPassword ? undefined : { email: trimmed, password };
}

function fail(message: string): never {
  throw new Invalid(message);
}

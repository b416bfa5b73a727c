import { GatewayFields } from '../kernel/dialect/gateway-fields.js';
import { longestName } from '../tenants/tenant.js';
import type { EmailAndPassword } from './auth.routing.dto.js';
import { longestEmail } from './user.js';

export interface GatewayRegistration extends EmailAndPassword {
  readonly name: string;
}
export const gatewayRoles = ['user', 'merchant', 'admin'] as const;
export type GatewayRole = (typeof gatewayRoles)[number];

/** What the published pattern means where it was run: letters and digits of every script. */
const word = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}';
const email = {
  most: longestEmail,
  pattern: new RegExp(`^[${word}.-]+@[${word}.-]+\\.[${word}]+$`, 'u'),
  publishedPattern: '^[\\w\\.-]+@[\\w\\.-]+\\.\\w+$',
};

/** @throws ValidationFailed, naming every field that is wrong */
export function readGatewayRegistration(body: unknown): GatewayRegistration {
  const fields = GatewayFields.ofBody(body);
  const read = {
    name: fields.text('name', { least: 2, most: longestName }),
    email: fields.text('email', email),
    password: fields.text('password', { least: 8, most: 64 }),
  };
  fields.assertNone();
  return read;
}

/** @throws ValidationFailed, naming every field that is wrong */
export function readGatewayLogin(body: unknown): EmailAndPassword {
  const fields = GatewayFields.ofBody(body);
  const read = { email: fields.text('email', email), password: fields.text('password', { least: 6 }) };
  fields.assertNone();
  return read;
}

/** @throws ValidationFailed */
export function readNewRole(body: unknown): GatewayRole {
  const fields = GatewayFields.ofBody(body);
  const role = fields.oneOf('new_role', gatewayRoles);
  fields.assertNone();
  return role;
}

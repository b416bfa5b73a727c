import { ApiProperty } from '@nestjs/swagger';
import { longestName } from '../tenants/tenant.js';
import { longestEmail } from './user.js';
import { type GatewayRole, gatewayRoles } from './users.gateway.dto.js';

const email = { maxLength: longestEmail, pattern: '^[\\w\\.-]+@[\\w\\.-]+\\.\\w+$' };

/** What the gateway documents of its requests; its own readers read them, in the published words. */
export class GatewayRegistrationForm {
  /** @example "Ava Reed" */
  @ApiProperty({ minLength: 2, maxLength: longestName }) name: string;
  /** @example "ava.reed@example.com" */
  @ApiProperty(email) email: string;
  /** @example "Str0ng!pass" */
  @ApiProperty({ minLength: 8, maxLength: 64 }) password: string;
}
export class GatewayLoginForm {
  /** @example "ava.reed@example.com" */
  @ApiProperty(email) email: string;
  /** @example "Str0ng!pass" */
  @ApiProperty({ minLength: 6 }) password: string;
}
export class GatewayRoleForm {
  /** @example "merchant" */
  @ApiProperty({ enum: gatewayRoles }) new_role: GatewayRole;
}

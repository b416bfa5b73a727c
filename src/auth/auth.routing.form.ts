import { ApiProperty } from '@nestjs/swagger';
import { longestEmail } from './user.js';

/** What the routing surface documents of its requests; its own readers read them, in the published order and words. */
export class RoutingLoginForm {
  /** @example "arjun@payments.com" */
  @ApiProperty({ minLength: 1 }) email: string;
  /** @example "pass123" */
  @ApiProperty({ minLength: 1 }) password: string;
}
export class RoutingRegistrationForm {
  /** @example "ava.reed@example.com" */
  @ApiProperty({ minLength: 1, maxLength: longestEmail }) email: string;
  /** @example "Str0ng!pass" */
  @ApiProperty({ minLength: 1 }) password: string;
  /** Nobody registers as anything else. @example "merchant" */
  @ApiProperty({ default: 'merchant' }) role?: 'merchant';
}

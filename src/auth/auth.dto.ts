import { Transform } from 'class-transformer';
import { IsEmail, IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { IfGiven } from '../kernel/http/if-given.decorator.js';
import { trimmed } from '../kernel/http/trimmed.js';
import { longestName } from '../tenants/tenant.js';
import { longestEmail } from './user.js';

export class RegisterDto {
  /** @example "owner@acme.test" */
  @Transform(trimmed) @IsEmail() @MaxLength(longestEmail) email: string;
  /** @example "Str0ng!pass" */
  @IsString() @IsNotEmpty() password: string;
  /** @example "Ada Owner" */
  @Transform(trimmed) @IsString() @IsNotEmpty() @MaxLength(longestName) name: string;
  /** @example "Acme Ltd" */
  @Transform(trimmed) @IsString() @IsNotEmpty() @MaxLength(longestName) tenantName: string;
}
export class LoginDto {
  /** @example "owner@acme.test" */
  @Transform(trimmed) @IsString() @IsNotEmpty() @MaxLength(longestEmail) email: string;
  /** @example "Str0ng!pass" */
  @IsString() @IsNotEmpty() password: string;
  /** A tenant's id or slug; without it the default tenant, else the oldest membership. @example "ten_default" */
  @IfGiven() @IsString() @IsNotEmpty() @MaxLength(100) tenant?: string;
}
export class RefreshDto {
  /** @example "rt_c2VzXzAxOTBhMWIyLjEuYWJj" */
  @IsString() @IsNotEmpty() @MaxLength(500) refreshToken: string;
}
export class SwitchDto {
  /** @example "ten_default" */
  @IsString() @IsNotEmpty() @MaxLength(100) tenantId: string;
}
export class ChangePasswordDto {
  /** @example "Str0ng!pass" */
  @IsString() @IsNotEmpty() currentPassword: string;
  /** @example "Str0nger!pass" */
  @IsString() @IsNotEmpty() newPassword: string;
}

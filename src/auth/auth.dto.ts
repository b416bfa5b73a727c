import { Transform } from 'class-transformer';
import { IsEmail, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';

const trimmed = ({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value);

export class RegisterDto {
  /** @example "owner@acme.test" */
  @Transform(trimmed) @IsEmail() @MaxLength(254) email: string;
  /** @example "Str0ng!pass" */
  @IsString() @IsNotEmpty() @MaxLength(1000) password: string;
  /** @example "Ada Owner" */
  @IsString() @IsNotEmpty() @MaxLength(200) name: string;
  /** @example "Acme Ltd" */
  @IsString() @IsNotEmpty() @MaxLength(200) tenantName: string;
}
export class LoginDto {
  /** @example "owner@acme.test" */
  @Transform(trimmed) @IsString() @IsNotEmpty() @MaxLength(254) email: string;
  /** @example "Str0ng!pass" */
  @IsString() @IsNotEmpty() @MaxLength(1000) password: string;
  /** A tenant's id; without it the default tenant, else the oldest membership. @example "ten_default" */
  @IsOptional() @IsString() @MaxLength(100) tenant?: string;
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
  @IsString() @IsNotEmpty() @MaxLength(1000) currentPassword: string;
  /** @example "Str0nger!pass" */
  @IsString() @IsNotEmpty() @MaxLength(1000) newPassword: string;
}

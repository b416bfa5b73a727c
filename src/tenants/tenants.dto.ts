import { Type } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  Validate,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { CURRENCIES } from '../kernel/money/currencies.js';
import { isTimeZone } from './tenant.js';

const largestSettingsBytes = 16 * 1024;

@ValidatorConstraint({ name: 'timeZone' })
class IsTimeZone implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return isTimeZone(value);
  }
  defaultMessage(): string {
    return 'timeZone must be an IANA time zone such as Europe/London';
  }
}
/** Names that MongoDB gives a meaning have none here, and nothing here may grow without bound. */
@ValidatorConstraint({ name: 'settings' })
class AreSettings implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    const text = JSON.stringify(value ?? null);
    return Buffer.byteLength(text) <= largestSettingsBytes && !/"[^"]*(\$|\.)[^"]*":/.test(text);
  }
  defaultMessage(): string {
    return `settings must be an object of at most ${largestSettingsBytes} bytes whose names hold neither $ nor .`;
  }
}

export class CreateTenantDto {
  /** @example "Acme Ltd" */
  @IsString() @IsNotEmpty() @MaxLength(200) name: string;
}
export class UpdateTenantDto {
  /** @example "Acme Ltd" */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(200) name?: string;
  /** ISO 4217. @example "GBP" */
  @IsOptional() @IsIn(CURRENCIES) currency?: string;
  /** IANA. @example "Europe/London" */
  @IsOptional() @Validate(IsTimeZone) timeZone?: string;
  /** Free settings of the tenant. @example {"invoiceFooter":"Thank you"} */
  @IsOptional() @IsObject() @Validate(AreSettings) settings?: Record<string, unknown>;
}
export class TenantsQuery {
  /** Tenants a page holds. */
  @IsInt() @Min(1) @Max(100) @Type(() => Number) limit: number = 25;
  /** `nextCursor` of the page before. */
  @IsOptional() @IsString() @MaxLength(500) cursor?: string;
}

import { Transform } from 'class-transformer';
import { IsIn, IsNotEmpty, IsString, MaxLength, Validate, ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';
import { IfGiven } from '../kernel/http/if-given.decorator.js';
import { trimmed } from '../kernel/http/trimmed.js';
import { CURRENCIES } from '../kernel/money/currencies.js';
import { areSettings, isTimeZone, longestName } from './tenant.js';

@ValidatorConstraint({ name: 'timeZone' })
class IsTimeZone implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return isTimeZone(value);
  }
  defaultMessage(): string {
    return 'timeZone must be an IANA time zone such as Europe/London';
  }
}
@ValidatorConstraint({ name: 'settings' })
class AreSettings implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return areSettings(value);
  }
  defaultMessage(): string {
    return 'settings must be an object of at most 16 KiB';
  }
}

export class UpdateTenantDto {
  /** @example "Acme Ltd" */
  @IfGiven() @Transform(trimmed) @IsString() @IsNotEmpty() @MaxLength(longestName) name?: string;
  /** ISO 4217. @example "GBP" */
  @IfGiven() @IsIn(CURRENCIES, { message: 'currency must be a current ISO 4217 code' }) currency?: string;
  /** IANA. @example "Europe/London" */
  @IfGiven() @Validate(IsTimeZone) timeZone?: string;
  /** Settings of the tenant's own, replaced as a whole. @example {"invoiceFooter":"Thank you"} */
  @IfGiven() @Validate(AreSettings) settings?: Record<string, unknown>;
}

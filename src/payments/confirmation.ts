import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsDefined, IsIn, IsObject, IsString, IsUrl, Matches, MaxLength, ValidateNested } from 'class-validator';
import { ValidationFailed } from '../kernel/fault/common-faults.js';
import { holdsTexts } from '../kernel/http/holds-texts.js';
import { IfGiven } from '../kernel/http/if-given.decorator.js';
import type { Confirmation } from './payment-confirmer.js';

const limits = { tokens: 50, token: 500 };
const tokens = {
  type: 'object',
  description: 'What each provider account knows it by; an account that is not here cannot be tried.',
  additionalProperties: { type: 'string', minLength: 1, maxLength: limits.token },
  maxProperties: limits.tokens,
  example: { stripe: 'pm_card_visa', adyen: 'tok_adyen_ok' },
} as const;

/** With what the customer pays; never a card number. */
export class MethodBody {
  /** @example "card" */
  @Matches(/^[a-z][a-z0-9_]{0,49}$/) type: string;
  @ApiProperty(tokens) @IsObject() tokens: Readonly<Record<string, string>>;
  /** @example "visa" */
  @IfGiven() @IsString() @MaxLength(50) cardBrand?: string;
}
/** A body that two features take: one makes a payment with it, the other sends one that was made. */
export class ConfirmationBody {
  @IsDefined() @ValidateNested() @Type(() => MethodBody) method: MethodBody;
  /** `now` takes the money at once, `later` holds it until it is captured. @example "now" */
  @IsIn(['now', 'later']) capture: 'now' | 'later' = 'now';
  /** Where the customer comes back to after an authentication. @example "https://shop.example.com/done" */
  @IfGiven() @IsUrl({ protocols: ['http', 'https'], require_tld: false, require_protocol: true }) @MaxLength(2_000) returnUrl?: string;
}

/** @throws ValidationFailed */
export function confirmationOf({ method, capture, returnUrl }: ConfirmationBody, field = ''): Confirmation {
  if (!holdsTexts(method.tokens, { least: 1, most: limits.tokens }, { least: 1, most: limits.token })) {
    const message = `tokens must be 1 to ${limits.tokens} texts of 1 to ${limits.token} characters, by provider account`;
    throw new ValidationFailed([{ field: `${field}method.tokens`, message }]);
  }
  const { type, cardBrand = null } = method;
  return { method: { type, cardBrand, tokens: { ...method.tokens } }, capture, ...(returnUrl !== undefined && { returnUrl }) };
}

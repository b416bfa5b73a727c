import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsNotEmpty, IsObject, IsString, Max, MaxLength, Min } from 'class-validator';
import { ValidationFailed } from '../kernel/fault/common-faults.js';
import { holdsTexts } from '../kernel/http/holds-texts.js';
import { IfGiven } from '../kernel/http/if-given.decorator.js';
import { CURRENCIES } from '../kernel/money/currencies.js';
import { flowLimits, type ReturnedWith } from '../payments/payment-flow.js';
import { mostSimulated } from './route-previews.service.js';
import { strategyLimits } from './strategy.js';

const steps = {
  type: 'array',
  description: 'Each refines what those before it have left equal: rules, split, leastCost, adaptive or fallback.',
  items: { type: 'object', additionalProperties: true },
  example: [
    {
      kind: 'rules',
      rules: [
        {
          name: 'Large ones in euros',
          condition: { and: [{ '==': [{ var: 'currency' }, 'EUR'] }, { '>=': [{ var: 'amountMinor' }, 100_000] }] },
          effect: { kind: 'prefer', providers: ['stripe-eu'] },
        },
      ],
    },
    { kind: 'adaptive', tolerancePoints: 2 },
  ],
} as const;

/** As providers name theirs; what else is in the address is the merchant's own. */
const plainName = /^[A-Za-z][A-Za-z0-9_-]{0,99}$/;
const returnLimits = { parameters: 20, characters: 5_000 };
const returned = {
  type: 'object',
  description: 'The query parameters of the address to which the customer came back.',
  additionalProperties: { type: 'string', maxLength: returnLimits.characters },
  maxProperties: returnLimits.parameters,
  example: { redirectResult: 'X6XtfGC3!Y...' },
} as const;

export class PutStrategyDto {
  /** That of the strategy which this one replaces; 0 for the first. @example 0 */
  @IsInt() @Min(0) @Max(1_000_000_000) version: number;
  @ApiProperty(steps) @IsArray() @ArrayMaxSize(strategyLimits.steps) steps: unknown[];
}
export class PreviewDto {
  /** Of the payment: splits and exploration go by it. @example "pay_65f1a7c4b2e8f4a91c0d2211" */
  @IsString() @IsNotEmpty() @MaxLength(100) id: string = 'draft';
  /** @example "subscription" */
  @IsString() @IsNotEmpty() @MaxLength(200) paymentType: string;
  /** Minor units of the currency. @example 1299 */
  @IsInt() @Min(1) @Max(999_999_999_999) amountMinor: number;
  /** ISO 4217. @example "EUR" */
  @IsIn(CURRENCIES) currency: string;
  /** @example "UK" */
  @IsString() @MaxLength(200) region: string = '';
  /** @example "Spotify" */
  @IsString() @MaxLength(200) merchant: string = '';
  /** @example "FR" */
  @IsString() @MaxLength(200) customerCountry: string = '';
  /** @example "visa" */
  @IfGiven() @IsString() @MaxLength(50) cardBrand?: string;
  /** What the customer pays with. @example "card" */
  @IsString() @IsNotEmpty() @MaxLength(50) method: string = 'card';
}
export class CaptureDto {
  /** Minor units; all that was authorized, where there is none. @example 1299 */
  @IfGiven() @IsInt() @Min(1) @Max(999_999_999_999) amountMinor?: number;
}
export class CompleteDto {
  @ApiProperty(returned) @IsObject() parameters: Readonly<Record<string, string>> = {};
}
export class RefundDto {
  /** Minor units; all that is left, where there is none. @example 500 */
  @IfGiven() @IsInt() @Min(1) @Max(999_999_999_999) amountMinor?: number;
  /** @example "Damaged on arrival" */
  @IsString() @MaxLength(flowLimits.reason) reason: string = '';
}
export class RefundDecisionDto {
  /** What became of it at the provider. @example "succeeded" */
  @IsIn(['succeeded', 'failed']) state: 'succeeded' | 'failed';
  /** How that is known. @example "Seen in the provider's dashboard" */
  @IsString() @IsNotEmpty() @MaxLength(flowLimits.reason) reason: string;
}
export class SimulateDto {
  @ApiProperty(steps) @IsArray() @ArrayMaxSize(strategyLimits.steps) steps: unknown[];
  /** A date or a date with time. @example "2026-01-03" */
  @IfGiven() @IsString() @MaxLength(40) from?: string;
  /** A date, which is included, or a date with time. @example "2026-01-18" */
  @IfGiven() @IsString() @MaxLength(40) to?: string;
  /** Payments at most; the newest count. */
  @IsInt() @Min(1) @Max(mostSimulated) limit: number = mostSimulated;
}

/** @throws ValidationFailed */
export function returnedWith({ parameters }: CompleteDto): ReturnedWith {
  if (holdsTexts(parameters, { least: 0, most: returnLimits.parameters }, { least: 0, most: returnLimits.characters }))
    return Object.fromEntries(Object.entries(parameters).filter(([name]) => plainName.test(name)));
  const message = `parameters must be at most ${returnLimits.parameters} texts of at most ${returnLimits.characters} characters, by name`;
  throw new ValidationFailed([{ field: 'parameters', message }]);
}

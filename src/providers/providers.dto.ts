import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IfGiven } from '../kernel/http/if-given.decorator.js';
import { connectorNames } from './connectors.js';
import { type Credentials, limits, type Mode, modes } from './provider-account.js';

const credentials = { type: 'object', additionalProperties: { type: 'string' } } as const;

/** Of two prices nobody could say which one holds. */
const OfDistinctCurrencies = () =>
  ArrayUnique((price: Partial<PriceDto> | null) => price?.currency, { message: 'prices must name each currency once' });

export class PriceDto {
  /** ISO 4217. @example "EUR" */
  @Matches(/^[A-Z]{3}$/) currency: string;
  /** What every payment costs, in minor units. @example 25 */
  @IsInt() @Min(0) @Max(limits.fixedMinor) fixedMinor: number;
  /** What it costs besides, in hundredths of a percent of the amount. @example 150 */
  @IsInt() @Min(0) @Max(limits.basisPoints) basisPoints: number;
}
export class CreateProviderDto {
  /** What strategies call it. @example "stripe-eu" */
  @Matches(/^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$/) name: string;
  /** The kind of provider. @example "stripe" */
  @IsIn(connectorNames) connector: string;
  /** Whether it is an account with the real provider, or with the one that only plays it. */
  @IsIn(modes) mode: Mode = 'live';
  /** By the names that the connector wants. */
  @ApiProperty({ ...credentials, example: { secretKey: 'sk_test_sandbox', webhookSecret: 'whsec_sandbox' } })
  @IsObject()
  credentials: Credentials;
  /** Whether payments may go there. */
  @IsBoolean() enabled: boolean = true;
  /** What it takes for a payment, by currency. */
  @IsArray() @ArrayMaxSize(limits.prices) @OfDistinctCurrencies() @ValidateNested({ each: true }) @Type(() => PriceDto) prices: PriceDto[] =
    [];
}
export class UpdateProviderDto {
  /** All of them anew. */
  @ApiProperty({ ...credentials, example: { secretKey: 'sk_test_sandbox', webhookSecret: 'whsec_sandbox' } })
  @IfGiven()
  @IsObject()
  credentials?: Credentials;
  /** @example false */
  @IfGiven() @IsBoolean() enabled?: boolean;
  /** In place of those that there are. */
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(limits.prices)
  @OfDistinctCurrencies()
  @ValidateNested({ each: true })
  @Type(() => PriceDto)
  prices?: PriceDto[];
}
export class ProvidersQuery {
  /** Providers a page holds. */
  @IsInt() @Min(1) @Max(100) @Type(() => Number) limit: number = 25;
  /** `nextCursor` of the page before. */
  @IfGiven() @IsString() @MaxLength(500) cursor?: string;
}

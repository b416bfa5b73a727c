import { ApiProperty } from '@nestjs/swagger';
import { chargeFields } from './charge.js';
import { longest } from './charges.gateway.dto.js';
import { limits } from './payment.js';

/** What the gateway documents of its requests; its own readers read them, in the published words. */
export class GatewayChargeForm {
  /** @example "Ava Reed" */
  @ApiProperty({ minLength: 1, maxLength: limits.name }) customerName: string;
  /** Major units, more than none, with at most the decimals of the currency; text of a number is taken too. @example 100.1 */
  paymentAmount: number;
  /** An ISO 4217 code, or any other text: that counts as two decimals. @example "USD" */
  @ApiProperty({ maxLength: longest.currency }) currency: string;
  /** @example "Order 1001" */
  @ApiProperty({ maxLength: longest.details, type: String, nullable: true }) details?: string | null;
  /** Told when the charge is completed. @example "https://shop.example.com/hooks" */
  @ApiProperty({ maxLength: longest.webhookUrl, type: String, nullable: true }) webhookUrl?: string | null;
}
export class GatewayChargesQuery {
  /** `nextCursor` of the answer before. */
  cursor?: string;
}
export class GatewayChargeQuery extends GatewayChargesQuery {
  /** Major units, inclusive. @example 10 */
  minAmount?: number;
  /** Major units, inclusive. @example 250.5 */
  maxAmount?: number;
  @ApiProperty({ enum: chargeFields }) sortBy?: 'createdAt' | 'amount' | 'status' | 'customerName' = 'createdAt';
  /** Any other word than `desc` is ascending. */
  sortOrder?: string = 'desc';
}

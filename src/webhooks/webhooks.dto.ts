import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { IfGiven } from '../kernel/http/if-given.decorator.js';
import { trimmed } from '../kernel/http/trimmed.js';
import { longestUrl } from '../kernel/http-out/target.js';
import { eventPattern } from './event-type.js';
import { type DeliveryState, deliveryStates } from './webhook-delivery.js';
import { limits } from './webhook-endpoint.js';

const patterns = { each: true, message: 'each of eventTypes must be like payment.completed, payment.* or *' };

export class CreateEndpointDto {
  /** In production https, and an address that everybody can reach. @example "https://example.com/hooks" */
  @IsString() @MaxLength(longestUrl) url: string;
  /** What it wants to be told of; everything, where nothing is said. @example ["payment.completed", "credits.*"] */
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(limits.eventTypes) @Matches(eventPattern, patterns) eventTypes: string[] = ['*'];
  /** @example "Order system" */
  @Transform(trimmed) @IsString() @MaxLength(limits.description) description: string = '';
}
export class UpdateEndpointDto {
  /** @example "https://example.com/hooks" */
  @IfGiven() @IsString() @MaxLength(longestUrl) url?: string;
  /** @example ["payment.*"] */
  @IfGiven() @IsArray() @ArrayMinSize(1) @ArrayMaxSize(limits.eventTypes) @Matches(eventPattern, patterns) eventTypes?: string[];
  /** @example "Order system" */
  @IfGiven() @Transform(trimmed) @IsString() @MaxLength(limits.description) description?: string;
  /** Nothing is delivered to a disabled one. @example true */
  @IfGiven() @IsBoolean() enabled?: boolean;
}
export class RotateSecretDto {
  /** Hours for which the secret that is replaced signs as well. @example 24 */
  @IsInt() @Min(0) @Max(limits.overlapHours) overlapHours: number = limits.overlapHours;
}
export class EndpointsQuery {
  /** Endpoints a page holds. */
  @IsInt() @Min(1) @Max(100) @Type(() => Number) limit: number = 25;
  /** `nextCursor` of the page before. */
  @IfGiven() @IsString() @MaxLength(500) cursor?: string;
}
export class ReplayDto {
  /** Only what went to this endpoint. @example "whk_0190a1b2-0000-7000-8000-000000000000" */
  @IfGiven() @IsString() @MaxLength(100) endpointId?: string;
  /** `failed` where nothing is said. @example "failed" */
  @IsIn(['failed', 'delivered']) state: 'failed' | 'delivered' = 'failed';
  /** @example "payment.completed" */
  @IfGiven() @IsString() @MaxLength(100) eventType?: string;
  /** First moment, or first day in UTC. @example "2026-01-01" */
  @IfGiven() @IsISO8601({ strict: true }) @MaxLength(40) from?: string;
  /** Last moment, or last day in UTC. @example "2026-01-31" */
  @IfGiven() @IsISO8601({ strict: true }) @MaxLength(40) to?: string;
}
export class EndpointDeliveriesQuery {
  /** Deliveries a page holds. */
  @IsInt() @Min(1) @Max(100) @Type(() => Number) limit: number = 25;
  /** `nextCursor` of the page before. */
  @IfGiven() @IsString() @MaxLength(500) cursor?: string;
  /** @example "failed" */
  @IfGiven() @IsIn(deliveryStates) state?: DeliveryState;
  /** @example "payment.completed" */
  @IfGiven() @IsString() @MaxLength(100) eventType?: string;
  /** First moment, or first day in UTC. @example "2026-01-01" */
  @IfGiven() @IsISO8601({ strict: true }) @MaxLength(40) from?: string;
  /** Last moment, or last day in UTC. @example "2026-01-31" */
  @IfGiven() @IsISO8601({ strict: true }) @MaxLength(40) to?: string;
}
export class DeliveriesQuery extends EndpointDeliveriesQuery {
  /** Only what went to this endpoint. @example "whk_0190a1b2-0000-7000-8000-000000000000" */
  @IfGiven() @IsString() @MaxLength(100) endpointId?: string;
}

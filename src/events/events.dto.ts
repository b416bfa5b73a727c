import { Type } from 'class-transformer';
import { IsIn, IsInt, IsISO8601, IsNotEmpty, IsString, Max, MaxLength, Min } from 'class-validator';
import { IfGiven } from '../kernel/http/if-given.decorator.js';
import { type EventType, eventTypes } from './event.js';

/** Which events of the feed. */
export class StreamQuery {
  /** Only events of one type. @example "PAYMENT_CREATED" */
  @IfGiven() @IsIn(eventTypes) type?: EventType;
  /** Only what one source has done: a user, `system`, or an integration. @example "usr_0190a1b2-0000-7000-8000-000000000000" */
  @IfGiven() @IsString() @IsNotEmpty() @MaxLength(100) source_agent?: string;
  /** The feed of this tenant; for system administrators, who else read their own. @example "ten_default" */
  @IfGiven() @IsString() @IsNotEmpty() @MaxLength(100) tenant?: string;
}
export class EventsQuery extends StreamQuery {
  /** Events a page holds. */
  @IsInt() @Min(1) @Max(100) @Type(() => Number) limit: number = 25;
  /** `nextCursor` of the page before, or the `cursor` of an event, to read on behind it. */
  @IfGiven() @IsString() @MaxLength(500) cursor?: string;
  /** First moment, or first day in UTC. @example "2026-01-01" */
  @IfGiven() @IsISO8601({ strict: true }) @MaxLength(40) from?: string;
  /** Last moment, or last day in UTC. @example "2026-01-31" */
  @IfGiven() @IsISO8601({ strict: true }) @MaxLength(40) to?: string;
}

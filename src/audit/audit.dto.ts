import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { Type } from 'class-transformer';
import { IfGiven } from '../kernel/http/if-given.decorator.js';

export class AuditQuery {
  /** Entries a page holds. */
  @IsInt() @Min(1) @Max(100) @Type(() => Number) limit: number = 25;
  /** `nextCursor` of the page before. */
  @IfGiven() @IsString() @MaxLength(500) cursor?: string;
  /** Only changes of one kind of thing, such as `payment`. */
  @IfGiven() @IsString() @MaxLength(50) subjectType?: string;
  /** Only changes of one thing. */
  @IfGiven() @IsString() @MaxLength(100) subjectId?: string;
}

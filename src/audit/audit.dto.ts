import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { Type } from 'class-transformer';

export class AuditQuery {
  /** Entries a page holds. */
  @IsInt() @Min(1) @Max(100) @Type(() => Number) limit: number = 25;
  /** `nextCursor` of the page before. */
  @IsOptional() @IsString() @MaxLength(500) cursor?: string;
  /** Only changes of one kind of thing, such as `payment`. */
  @IsOptional() @IsString() @MaxLength(50) subjectType?: string;
  /** Only changes of one thing. */
  @IsOptional() @IsString() @MaxLength(100) subjectId?: string;
}

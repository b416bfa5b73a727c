import { IsIn, IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { Type } from 'class-transformer';
import { IfGiven } from '../kernel/http/if-given.decorator.js';
import { type JobState, jobStates } from '../kernel/jobs/job.js';

export class JobsQuery {
  /** Jobs a page holds. */
  @IsInt() @Min(1) @Max(100) @Type(() => Number) limit: number = 25;
  /** `nextCursor` of the page before. */
  @IfGiven() @IsString() @MaxLength(500) cursor?: string;
  /** Only those in this state; dead ones wait for somebody to retry them. */
  @IfGiven() @IsIn(jobStates) state?: JobState;
  /** Only those of one kind, such as `webhooks.deliver`. */
  @IfGiven() @IsString() @MaxLength(50) kind?: string;
}

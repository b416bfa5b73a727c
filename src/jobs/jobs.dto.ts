import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { Type } from 'class-transformer';
import { type JobState, jobStates } from '../kernel/jobs/job.js';

export class JobsQuery {
  /** Jobs a page holds. */
  @IsInt() @Min(1) @Max(100) @Type(() => Number) limit: number = 25;
  /** `nextCursor` of the page before. */
  @IsOptional() @IsString() @MaxLength(500) cursor?: string;
  /** Only those in this state; dead ones wait for somebody to retry them. */
  @IsOptional() @IsIn(jobStates) state?: JobState;
  /** Only those of one kind, such as `webhooks.deliver`. */
  @IsOptional() @IsString() @MaxLength(50) kind?: string;
}

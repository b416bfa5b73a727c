import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import type { Page } from '../kernel/http/page.js';
import type { Job } from '../kernel/jobs/job.js';
import { JobsQuery } from './jobs.dto.js';
import { JobNotDead, JobNotFound } from './jobs.faults.js';
import { JobsService } from './jobs.service.js';
import { JobView } from './jobs.view.js';

@Dialect('traced')
@Controller('api/v1/jobs')
export class JobsController {
  constructor(private readonly jobs: JobsService) {}

  /** Background work of the tenant, newest first. */
  @Get()
  @Allow('jobs:read')
  @Answers(JobView, { shape: 'page' })
  list(@By() actor: Actor, @Query() query: JobsQuery): Promise<Page<Job>> {
    return this.jobs.list(actor, query);
  }

  /** One job. */
  @Get(':id')
  @Allow('jobs:read')
  @Answers(JobView)
  @Fails(() => new JobNotFound())
  find(@By() actor: Actor, @Param('id') id: string): Promise<Job> {
    return this.jobs.find(actor, id);
  }

  /** Puts a dead job back to work, with all its tries. */
  @Post(':id/retry')
  @Allow('jobs:write')
  @Answers(JobView, { status: 202 })
  @Fails(() => new JobNotFound(), () => new JobNotDead())
  retry(@By() actor: Actor, @Param('id') id: string): Promise<Job> {
    return this.jobs.retry(actor, id);
  }
}

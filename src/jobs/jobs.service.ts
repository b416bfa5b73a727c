import { Injectable } from '@nestjs/common';
import { auditActorOf } from '../audit/audit-entry.js';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../kernel/actor/actor.js';
import { Clock } from '../kernel/clock.js';
import { raise } from '../kernel/fault/fault.js';
import { type Page, pageById } from '../kernel/http/page.js';
import { requestContext } from '../kernel/http/request-context.js';
import { newId } from '../kernel/ids.js';
import type { Job } from '../kernel/jobs/job.js';
import { JobQueue } from '../kernel/jobs/job-queue.js';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import type { JobsQuery } from './jobs.dto.js';
import { JobNotDead, JobNotFound } from './jobs.faults.js';

/** A tenant's jobs as its administrators see them; a system administrator sees every tenant's, and those of none. */
@Injectable()
export class JobsService {
  constructor(
    private readonly queue: JobQueue,
    private readonly audit: AuditService,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Newest first. @throws Invalid on a cursor of another list */
  async list(actor: Actor, { limit, cursor, state, kind }: JobsQuery): Promise<Page<Job>> {
    const filter = { ...within(actor), ...(state && { state }), ...(kind !== undefined && { kind }) };
    return pageById(limit, cursor, (rows, after) => this.queue.list(filter, rows, after));
  }

  /** @throws JobNotFound */
  async find(actor: Actor, id: string): Promise<Job> {
    return (await this.queue.find(id, within(actor).tenantId)) ?? raise(new JobNotFound());
  }

  /** Gives a dead job all its tries again. @throws JobNotFound, JobNotDead */
  retry(actor: Actor, id: string): Promise<Job> {
    return this.unitOfWork.run(async (session) => {
      const revived = await this.queue.revive(session, id, within(actor).tenantId);
      if (!revived) {
        await this.find(actor, id);
        throw new JobNotDead();
      }
      const what = { action: 'job.retried', subject: { type: 'job', id }, before: { state: 'dead' }, after: { state: revived.state } };
      const when = { at: this.clock.now(), traceId: requestContext.traceId() };
      await this.audit.record(session, [{ _id: newId('aud'), tenantId: actor.tenantId, ...when, actor: auditActorOf(actor), ...what }]);
      return revived;
    });
  }
}

const within = ({ role, tenantId }: Actor): { tenantId?: string } => (role === 'system_admin' ? {} : { tenantId });

import { Controller, Get, Query } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { scopeOf } from '../kernel/actor/scope.js';
import { Answers, Dialect } from '../kernel/dialect/dialect.decorator.js';
import type { Page } from '../kernel/http/page.js';
import type { AuditEntry } from './audit-entry.js';
import { AuditQuery } from './audit.dto.js';
import { AuditService } from './audit.service.js';
import { AuditEntryView } from './audit.view.js';

@Dialect('traced')
@Controller('api/v1/audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  /** Changes in the tenant, newest first. */
  @Get()
  @Allow('audit:read')
  @Answers(AuditEntryView, { shape: 'page' })
  list(@By() actor: Actor, @Query() query: AuditQuery): Promise<Page<AuditEntry>> {
    return this.audit.list(scopeOf(actor), query);
  }
}

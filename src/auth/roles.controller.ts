import { Controller, Get } from '@nestjs/common';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { type Permission, type Role, roles } from '../kernel/actor/permissions.js';
import { Answers, Dialect } from '../kernel/dialect/dialect.decorator.js';
import { RoleView } from './auth.view.js';

@Dialect('traced')
@Controller('api/v1/roles')
export class RolesController {
  /** Every role with its permissions. */
  @Get()
  @Allow('self')
  @Answers(RoleView, { shape: 'list' })
  list(): [Role, readonly Permission[]][] {
    return Object.entries(roles) as [Role, readonly Permission[]][];
  }
}

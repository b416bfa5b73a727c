import { Controller, Delete, Param } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { InvalidResource, NotYourTransaction, OnlyAdminsDeleteUsers, OwnAccount, ResourceNotFound } from './deletion.faults.js';
import { GatewayDeletedView } from './deletions.gateway.view.js';
import { PaymentsUnderWay } from '../payments/payment.faults.js';
import { type Deleted, GatewayDeletions } from './gateway-deletions.service.js';

@Dialect('gateway')
@Controller('api/v1')
export class DeletionsGatewayController {
  constructor(private readonly deletions: GatewayDeletions) {}

  /** Deletes a transaction (`transactions`) or a user (`users`). */
  @Delete(':resource/:resource_id')
  @Allow('self')
  @Answers(GatewayDeletedView)
  @Fails(
    () => new InvalidResource(),
    () => new ResourceNotFound('Transaction', 'txn_0190a1b2c3d4'),
    () => new NotYourTransaction(),
    () => new PaymentsUnderWay(),
    () => new OnlyAdminsDeleteUsers(),
    () => new OwnAccount(),
    () => new ResourceNotFound('User', 'user_0190a1b2c3d4'),
  )
  remove(@By() actor: Actor, @Param('resource') resource: string, @Param('resource_id') id: string): Promise<Deleted> {
    return this.deletions.remove(actor, resource, id);
  }
}

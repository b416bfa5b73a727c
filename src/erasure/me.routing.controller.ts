import { Controller, Delete } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { PaymentsUnderWay } from '../payments/payment.faults.js';
import { ErasureService } from './erasure.service.js';

@Dialect('envelope')
@Controller('api/me')
export class MeRoutingController {
  constructor(private readonly erasure: ErasureService) {}

  /** Deletes the caller's account and takes its payments out of every API. */
  @Delete()
  @Allow('self', ['merchant'])
  @Answers(null, { says: 'Account deleted' })
  @Fails(() => new PaymentsUnderWay())
  remove(@By() actor: Actor): Promise<void> {
    return this.erasure.eraseMe(actor);
  }
}

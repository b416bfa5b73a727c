import { Injectable } from '@nestjs/common';
import { GatewayAccounts } from '../auth/gateway-accounts.service.js';
import type { User } from '../auth/user.js';
import type { Actor } from '../kernel/actor/actor.js';
import { isAdmin } from '../kernel/actor/permissions.js';
import { raise } from '../kernel/fault/fault.js';
import { ChargesService } from '../payments/charges.service.js';
import { PaymentsService } from '../payments/payments.service.js';
import {
  InvalidResource,
  NotYourTransaction,
  OnlyAdminsDeleteUsers,
  OnlySystemAdminDeletes,
  OwnAccount,
  ResourceNotFound,
} from './deletion.faults.js';
import { ErasureService } from './erasure.service.js';

export interface Deleted {
  readonly what: 'Transaction' | 'User';
  readonly id: string;
}

/** Deletes what the gateway's clients name: transactions leave every list, users are erased. */
@Injectable()
export class GatewayDeletions {
  constructor(
    private readonly charges: ChargesService,
    private readonly payments: PaymentsService,
    private readonly accounts: GatewayAccounts,
    private readonly erasure: ErasureService,
  ) {}

  /** @throws InvalidResource, and what the two of them throw */
  async remove(actor: Actor, resource: string, id: string): Promise<Deleted> {
    if (resource.toLowerCase() === 'transactions') return this.removeTransaction(actor, id);
    if (resource.toLowerCase() === 'users') return this.removeUser(actor, id);
    throw new InvalidResource();
  }

  /** @throws ResourceNotFound, NotYourTransaction */
  private async removeTransaction(actor: Actor, id: string): Promise<Deleted> {
    const deleted: Deleted = { what: 'Transaction', id };
    const payment = (await this.charges.findInTenant(actor, id)) ?? raise(new ResourceNotFound('Transaction', id));
    if (payment.ownerId !== actor.userId && !isAdmin(actor.role)) throw new NotYourTransaction();
    await this.payments.remove(actor, payment.id, deleted);
    return deleted;
  }

  /** @throws OnlyAdminsDeleteUsers, OwnAccount, ResourceNotFound, OnlySystemAdminDeletes */
  private async removeUser(actor: Actor, id: string): Promise<Deleted> {
    if (!isAdmin(actor.role)) throw new OnlyAdminsDeleteUsers();
    const user = await this.accounts.find(actor, id);
    if (user?._id === actor.userId) throw new OwnAccount();
    if (!user) throw new ResourceNotFound('User', id);
    if (actor.role !== 'system_admin' && !isPlainMember(user, actor.tenantId)) throw new OnlySystemAdminDeletes();
    return this.erasure.erase<Deleted>(user._id, { what: 'User', id }, actor);
  }
}

/** Of this tenant alone, and no administrator in it. */
const isPlainMember = ({ memberships }: User, tenantId: string): boolean =>
  memberships.every((membership) => membership.tenantId === tenantId && !isAdmin(membership.role));

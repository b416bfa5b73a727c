import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { type Member, Members } from '../kernel/actor/members.js';
import { seesTenant } from '../kernel/actor/permissions.js';
import { AccessDenied } from '../kernel/fault/common-faults.js';
import { UserNotFound } from './credits.faults.js';

/** Finds whom a request names. */
@Injectable()
export class CreditOwners {
  constructor(private readonly members: Members) {}

  /**
   * By the user's number or id. Who sees only itself learns nothing about others, not even which of them there are.
   * @throws AccessDenied, UserNotFound
   */
  async named(actor: Actor, name: string): Promise<Member> {
    const number = /^[0-9]{1,9}$/.test(name) ? Number(name) : undefined;
    const member = await (number === undefined
      ? this.members.find(actor.tenantId, name)
      : this.members.findByNumber(actor.tenantId, number));
    if (member?.userId === actor.userId) return member;
    if (!seesTenant(actor.role)) throw new AccessDenied();
    if (!member) throw new UserNotFound();
    return member;
  }
}

import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AccessDenied } from '../fault/common-faults.js';
import { CredentialReader } from './actor.js';
import { POLICY, type Policy } from './allow.decorator.js';
import type { ActorRequest } from './by.decorator.js';
import { holds } from './permissions.js';

/** Denies what no policy allows; a handler without a policy is denied even if the boot check was passed by. */
@Injectable()
export class AuthenticateGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly credentials: CredentialReader,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const policy = this.reflector.get<Policy | undefined>(POLICY, context.getHandler());
    if (!policy) throw new AccessDenied();
    if (policy.public !== undefined) return true;
    const request = context.switchToHttp().getRequest<ActorRequest>();
    const actor = await this.credentials.read(request.headers.authorization);
    if (!holds(actor.role, policy.permission)) throw new AccessDenied();
    if (policy.roles && !policy.roles.includes(actor.role)) throw new AccessDenied();
    request.actor = actor;
    return true;
  }
}

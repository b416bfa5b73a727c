import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { DIALECT } from '../dialect/dialect.decorator.js';
import type { DialectName } from '../dialect/voices.js';
import { AccessDenied } from '../fault/common-faults.js';
import { type Actor, ApiKeyReader, CredentialReader, may } from './actor.js';
import { POLICY, type Policy } from './allow.decorator.js';
import type { ActorRequest } from './by.decorator.js';
import { GatewayCallers } from './gateway-callers.js';
import { KEY_HEADER, type KeyHeader } from './key-header.decorator.js';

/** Denies what no policy allows; a handler without a policy is denied even if the boot check was passed by. */
@Injectable()
export class AuthenticateGuard implements CanActivate {
  private readonly atGateway: GatewayCallers;

  constructor(
    private readonly reflector: Reflector,
    private readonly credentials: CredentialReader,
    private readonly keys: ApiKeyReader,
  ) {
    this.atGateway = new GatewayCallers(credentials, keys);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const policy = this.reflector.get<Policy | undefined>(POLICY, context.getHandler());
    if (!policy) throw new AccessDenied();
    if (policy.public !== undefined) return true;
    const request = context.switchToHttp().getRequest<ActorRequest>();
    const actor = await this.read(request, context);
    if (!may(actor, policy.permission, policy.scope)) throw new AccessDenied();
    if (policy.roles && !policy.roles.includes(actor.role)) throw new AccessDenied();
    request.actor = actor;
    return true;
  }

  /** A key is the platform's and the gateway's; elsewhere it is a header like any other. Whoever is signed in needs none. */
  private read(request: ActorRequest, context: ExecutionContext): Promise<Actor> {
    const dialect = this.reflector.get<DialectName | undefined>(DIALECT, context.getClass());
    const header = this.reflector.get<KeyHeader | undefined>(KEY_HEADER, context.getHandler());
    if (header) return this.atGateway.byKey(request, header);
    if (dialect === 'gateway') return this.atGateway.byToken(request);
    const { authorization, 'x-api-key': key } = request.headers;
    if (dialect === 'traced' && authorization === undefined && key !== undefined) return this.keys.read(String(key));
    return this.credentials.read(authorization);
  }
}

import { applyDecorators, type CanActivate, type ExecutionContext, Injectable, SetMetadata, UseGuards } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { StoreActors } from '../auth/store-actors.service.js';
import { Public } from '../kernel/actor/allow.decorator.js';
import type { ActorRequest } from '../kernel/actor/by.decorator.js';
import { voices } from '../kernel/dialect/voices.js';
import { readBody } from '../kernel/http/read-body.js';
import { readFields } from './store-fields.js';

const SESSION_FIELDS = 'payops:session-fields';
interface SessionFields {
  readonly names: readonly string[];
  readonly token: string;
}

/**
 * Reads the caller from the body: first every field that the route needs must be there, then the session must be one. The token
 * is taken out of the body, so that a key's request is the same after the next login.
 */
@Injectable()
export class StoreSessionGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly actors: StoreActors,
  ) {}

  /** @throws MissingField, InvalidSession */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { names, token } = this.reflector.get<SessionFields>(SESSION_FIELDS, context.getHandler());
    const request = context.switchToHttp().getRequest<ActorRequest>();
    const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const { [token]: given, ...fields } = readFields(await readBody(raw, request.headers, voices.store.bodies), names);
    request.actor = await this.actors.read(given);
    request.body = fields;
    return true;
  }
}

/**
 * For somebody who is signed in at the store. `names` are the fields that the request must have, in the published order; `token`
 * is the one that holds the session's. The handler gets its caller by `@By()`, which answers only behind this check.
 */
export const InSession = (names: readonly string[], token = 'token'): MethodDecorator =>
  applyDecorators(
    Public('the session token is in the body'),
    SetMetadata(SESSION_FIELDS, { names, token } satisfies SessionFields),
    UseGuards(StoreSessionGuard),
  );

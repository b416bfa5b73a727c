import { createHash, createHmac } from 'node:crypto';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { DEFAULT_TENANT_ID } from '../actor/actor.js';
import type { ActorRequest } from '../actor/by.decorator.js';
import { Keys } from '../config/keys.js';
import { Fault } from '../fault/fault.js';
import { requestContext } from '../http/request-context.js';
import { Idempotency } from './idempotency.js';
import {
  type ClaimedKey,
  type IdempotencyRecord,
  InvalidKey,
  KeyAlreadyUsed,
  KeyRequired,
  KeyReused,
  ReplayedFault,
  RequestInFlight,
} from './idempotency-record.js';
import { KEEPS_KEY, type KeepsKeyOptions, NEEDS_KEY } from './keeps-key.decorator.js';
import { UNREPEATABLE } from './unrepeatable.decorator.js';

const writes = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const printable = /^[\x20-\x7e]{1,255}$/;

/** Honours `Idempotency-Key` on every write: the same request again gets the stored outcome and acts no second time. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly inFlight = new Map<string, string>();

  constructor(
    private readonly idempotency: Idempotency,
    private readonly keys: Keys,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<ActorRequest>();
    const header = request.headers['idempotency-key'];
    const keeps = this.reflector.get<KeepsKeyOptions | undefined>(KEEPS_KEY, context.getHandler());
    const isNeeded = keeps?.required ?? this.reflector.get<true | undefined>(NEEDS_KEY, context.getHandler());
    if (header === undefined && isNeeded) throw new KeyRequired();
    if (header === undefined || !writes.has(request.method)) return next.handle();
    if (this.reflector.get<string | undefined>(UNREPEATABLE, context.getHandler()) !== undefined) return next.handle();
    if (typeof header !== 'string' || !printable.test(header)) throw new InvalidKey();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const handle = () => lastValueFrom(next.handle(), { defaultValue: undefined });
    const key = this.claim(request, header);
    return from(keeps ? handOver(key, reply, handle) : this.once(key, reply, handle));
  }

  private async once(key: ClaimedKey, reply: FastifyReply, handle: () => Promise<unknown>): Promise<unknown> {
    const running = this.inFlight.get(key.id);
    if (running !== undefined) throw running === key.requestHash ? new RequestInFlight() : new KeyReused();
    this.inFlight.set(key.id, key.requestHash);
    const current = requestContext.current();
    try {
      const stored = await this.idempotency.find(key);
      if (stored) return replay(stored, key, reply);
      if (current) current.key = key;
      return await this.run(key, handle);
    } catch (error) {
      if (!(error instanceof KeyAlreadyUsed)) throw error;
      const stored = await this.idempotency.findCommitted(key);
      if (!stored) throw new RequestInFlight();
      return replay(stored, key, reply);
    } finally {
      this.inFlight.delete(key.id);
    }
  }

  private async run(key: ClaimedKey, handle: () => Promise<unknown>): Promise<unknown> {
    const context = requestContext.current();
    try {
      const value = await handle();
      if (!context?.keyStored) await this.idempotency.keep(key, { value });
      return value;
    } catch (error) {
      if (error instanceof Fault) await this.idempotency.keep(key, { fault: error });
      throw error;
    }
  }

  /** Bound to tenant, caller, route and body; the body only as a MAC, because it may hold a password. */
  private claim(request: ActorRequest, header: string): ClaimedKey {
    const { actor, method, url, body } = request;
    const tenantId = actor?.tenantId ?? DEFAULT_TENANT_ID;
    const [path = ''] = url.split('?', 1);
    const id = createHash('sha256')
      .update(JSON.stringify([tenantId, actor?.userId ?? null, method, path, header]))
      .digest('base64url');
    const requestHash = createHmac('sha256', this.keys.of('idempotency'))
      .update(JSON.stringify([url, body]))
      .digest('base64url');
    return { id, tenantId, requestHash, ...(actor && { callerId: actor.userId }) };
  }
}

async function handOver(key: ClaimedKey, reply: FastifyReply, handle: () => Promise<unknown>): Promise<unknown> {
  const context = requestContext.current();
  if (context) context.key = key;
  const value = await handle();
  if (context?.replayed) void reply.header('idempotency-replayed', 'true');
  return value;
}

function replay(stored: IdempotencyRecord, key: ClaimedKey, reply: FastifyReply): unknown {
  if (stored.requestHash !== key.requestHash) throw new KeyReused();
  void reply.header('idempotency-replayed', 'true');
  if (stored.fault) throw new ReplayedFault(stored.fault);
  return stored.value;
}

import type { FastifyRequest } from 'fastify';
import { readRequest } from '../dialect/read-request.js';
import { voices } from '../dialect/voices.js';
import { AccessDenied, ValidationFailed } from '../fault/common-faults.js';
import { type FieldProblem, raise, Unauthenticated } from '../fault/fault.js';
import { type Actor, ApiKeyReader, CredentialReader } from './actor.js';
import { AuthorizationMalformed, AuthorizationMissing, GatewayKeyRefused, GatewayTokenRefused } from './gateway.faults.js';
import type { KeyHeader } from './key-header.decorator.js';
import { isAdmin } from './permissions.js';

/** As every mistake in a request is told. */
export const missingKey: FieldProblem = { in: 'header', field: 'X-API-Key', rule: 'missing', message: 'Field required' };

/** Reads who calls the gateway, in the order and the words that it publishes. */
export class GatewayCallers {
  constructor(
    private readonly tokens: CredentialReader,
    private readonly keys: ApiKeyReader,
  ) {}

  /** @throws AuthorizationMissing, AuthorizationMalformed, GatewayTokenRefused */
  async byToken({ headers: { authorization } }: FastifyRequest): Promise<Actor> {
    if (authorization === undefined) throw new AuthorizationMissing();
    if (!authorization.startsWith('Bearer ')) throw new AuthorizationMalformed();
    return this.tokens.read(authorization).catch(inWords(new GatewayTokenRefused()));
  }

  /**
   * A wrong key is told before anything else; a missing one is the first of the request's mistakes.
   * @throws GatewayKeyRefused, ValidationFailed, and what `byToken` throws
   */
  async byKey(request: FastifyRequest, { reads, andToken }: KeyHeader): Promise<Actor> {
    const key = request.headers['x-api-key'];
    const owner = key === undefined ? null : await this.keys.read(String(key)).catch(inWords(new GatewayKeyRefused()));
    const bearer = andToken ? await this.byToken(request) : owner;
    if (!owner) throw new ValidationFailed([missingKey, ...(await mistakesOf(request, reads))]);
    if (bearer && !mayUse(bearer, owner)) throw new AccessDenied();
    return owner;
  }
}

/** Somebody's own, or as an administrator of the tenant. */
const mayUse = (bearer: Actor, owner: Actor): boolean =>
  bearer.tenantId === owner.tenantId && (bearer.userId === owner.userId || isAdmin(bearer.role));

async function mistakesOf(request: FastifyRequest, reads: KeyHeader['reads']): Promise<readonly FieldProblem[]> {
  try {
    await readRequest(request, voices.gateway);
    reads?.(request);
    return [];
  } catch (error) {
    if (error instanceof ValidationFailed) return error.fields;
    throw error;
  }
}

/** Of what the readers refuse, and of nothing else. */
const inWords =
  (words: Unauthenticated) =>
  (error: Error): never =>
    raise(error instanceof Unauthenticated ? words : error);

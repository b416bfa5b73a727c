import { applyDecorators, SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AllowKeys } from './allow.decorator.js';
import type { Permission } from './permissions.js';

export const KEY_HEADER = 'payops:key-header';
export interface KeyHeader {
  /** Reads what the handler will read; where the key is missing, the answer names what else is wrong with the request. */
  readonly reads?: (request: Pick<FastifyRequest, 'body' | 'query'>) => unknown;
  /** A token is needed besides: the key owner's, or that of an administrator of its tenant. */
  readonly andToken?: boolean;
}

/** A route of the gateway that is called with an API key, which must be good for `scope`, and not with a token alone. */
export const WithKey = (scope: Permission, header: KeyHeader = {}): MethodDecorator =>
  applyDecorators(AllowKeys(scope), SetMetadata(KEY_HEADER, header));

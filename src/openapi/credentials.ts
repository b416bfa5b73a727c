import type { SecurityRequirementObject } from '@nestjs/swagger';
import { KEY_HEADER, type KeyHeader } from '../kernel/actor/key-header.decorator.js';
import type { Permission } from '../kernel/actor/permissions.js';
import type { Route } from '../kernel/http/routes.js';

/** How a route of the gateway takes an API key, where it does. */
export const keyHeaderOf = ({ handler }: Route) => Reflect.getMetadata(KEY_HEADER, handler) as KeyHeader | undefined;

/** A route of the platform that may be called with a key; keys make no keys, and what is only somebody's own needs a session. */
export const takesKeys = ({ dialect, policy }: Route): boolean =>
  dialect === 'traced' && policy?.public === undefined && policy !== undefined && isScope(policy.permission);

const isScope = (permission: Permission): boolean => permission !== 'self' && !permission.startsWith('keys:');

/** Each entry is a way to be let in; what an entry names is needed together. */
export function securityOf(route: Route): SecurityRequirementObject[] {
  if (route.policy?.public !== undefined) return [];
  const header = keyHeaderOf(route);
  if (header) return [header.andToken ? { key: [], bearer: [] } : { key: [] }];
  return takesKeys(route) ? [{ bearer: [] }, { key: [] }] : [{ bearer: [] }];
}

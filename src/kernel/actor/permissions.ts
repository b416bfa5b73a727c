// prettier-ignore
const resources = [
  'payments', 'analytics', 'credits', 'store', 'keys', 'webhooks', 'jobs', 'events', 'routing', 'tenants', 'audit',
] as const;
type Resource = (typeof resources)[number];
/** API-key scopes share this vocabulary. `self` is what every signed-in caller may do with its own account. */
export type Permission = `${Resource}:${'read' | 'write'}` | 'self';

const all: readonly Permission[] = resources.flatMap((resource): Permission[] => [`${resource}:read`, `${resource}:write`]);
const adminReads = new Set<Permission>(['keys:read', 'audit:read', 'jobs:read']);
const reads = all.filter((permission) => permission.endsWith(':read'));

/**
 * A role is a named set of permissions. Where two roles hold the same permission and may do different things with it (finance
 * sets a payment's status, a merchant creates one), the route narrows by role and the domain decides the rest.
 */
export const roles = {
  system_admin: ['self', ...all],
  owner: ['self', ...all],
  admin: ['self', ...all],
  finance: ['self', ...reads.filter((permission) => !adminReads.has(permission)), 'payments:write'],
  support: ['self', 'payments:read', 'analytics:read', 'credits:read'],
  // prettier-ignore
  merchant: [
    'self', 'payments:read', 'payments:write', 'analytics:read', 'credits:read', 'keys:read', 'keys:write', 'webhooks:read', 'webhooks:write',
  ],
  user: ['self', 'credits:read'],
} satisfies Record<string, readonly Permission[]>;

export type Role = keyof typeof roles;
export const isRole = (text: unknown): text is Role => typeof text === 'string' && Object.hasOwn(roles, text);
export const holds = (role: Role, permission: Permission): boolean => (roles[role] as readonly Permission[]).includes(permission);
export const isAdmin = (role: Role): boolean => role === 'system_admin' || role === 'owner' || role === 'admin';
/** Roles that act for a whole tenant rather than for what they made themselves. */
export const seesTenant = (role: Role): boolean => role !== 'merchant' && role !== 'user';

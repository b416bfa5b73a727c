import { SetMetadata } from '@nestjs/common';
import type { Permission, Role } from './permissions.js';

export const POLICY = 'payops:policy';
export type Policy =
  { readonly public: string } | { readonly public?: never; readonly permission: Permission; readonly roles?: readonly Role[] };

/** Who may call a handler: holders of a permission, where given only those with one of the roles. */
export const Allow = (permission: Permission, roles?: readonly Role[]): MethodDecorator =>
  SetMetadata(POLICY, { permission, ...(roles && { roles }) } satisfies Policy);

/** No credential needed, and why that is right. */
export const Public = (why: string): MethodDecorator => SetMetadata(POLICY, { public: why } satisfies Policy);

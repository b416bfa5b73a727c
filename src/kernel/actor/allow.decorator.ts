import { SetMetadata } from '@nestjs/common';
import type { Permission, Role } from './permissions.js';

export const POLICY = 'payops:policy';
export type Policy =
  | { readonly public: string }
  | {
      readonly public?: never;
      readonly permission: Permission;
      readonly roles?: readonly Role[];
      /** What a key must be good for, where its owner needs no such permission. */
      readonly scope?: Permission;
    };

/** Who may call a handler: holders of a permission, where given only those with one of the roles. */
export const Allow = (permission: Permission, roles?: readonly Role[]): MethodDecorator =>
  SetMetadata(POLICY, { permission, ...(roles && { roles }) } satisfies Policy);

/** Whoever is signed in, and keys that are good for `scope`. */
export const AllowKeys = (scope: Permission): MethodDecorator => SetMetadata(POLICY, { permission: 'self', scope } satisfies Policy);

/** No credential needed, and why that is right. */
export const Public = (why: string): MethodDecorator => SetMetadata(POLICY, { public: why } satisfies Policy);

import type { Role } from '../kernel/actor/permissions.js';
import type { SignedIn } from './auth.service.js';

/** This surface knows three roles; a `user` may sign in and do nothing. */
const shownAs: Readonly<Record<Role, string>> = {
  system_admin: 'admin',
  owner: 'admin',
  admin: 'admin',
  finance: 'finance',
  support: 'finance',
  merchant: 'merchant',
  user: 'user',
};

export class RoutingLoginView {
  /** @example "arjun@payments.com" */
  email: string;
  /** @example "merchant" */
  role: string;
  /** A JWT for `Authorization: Bearer`, good for 60 minutes. @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.signature" */
  token: string;

  static of({ user, membership, accessToken }: SignedIn): RoutingLoginView {
    return { email: user.email ?? '', role: shownAs[membership.role], token: accessToken };
  }
}

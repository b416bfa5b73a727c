import type { Role } from '../kernel/actor/permissions.js';

export interface DemoUser {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly role: Role;
}

/** The accounts that the published document names; never made in production. */
export const demoUsers: readonly DemoUser[] = [
  { email: 'parth@payments.com', password: 'admin123', name: 'Parth', role: 'admin' },
  { email: 'vishnu@payments.com', password: 'finance123', name: 'Vishnu', role: 'finance' },
  { email: 'arjun@payments.com', password: 'pass123', name: 'Arjun', role: 'merchant' },
  { email: 'honey@payments.com', password: 'pass123', name: 'Honey', role: 'merchant' },
];

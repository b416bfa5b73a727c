import type { Config } from '../kernel/config/config.js';
import { WeakPassword } from './auth.faults.js';

type Rule = readonly [kept: RegExp, message: string];

/** In the published order; the first that is broken is told. */
const rules: Readonly<Record<Config['passwordPolicy'], readonly Rule[]>> = {
  documented: [[/^.{6,}$/su, 'Password must be at least 6 characters']],
  strong: [
    [/^.{8,}$/su, 'Password must be at least 8 characters'],
    [/[A-Z]/, 'Password must include at least one uppercase letter'],
    [/[a-z]/, 'Password must include at least one lowercase letter'],
    [/[0-9]/, 'Password must include at least one number'],
    [/[^A-Za-z0-9]/, 'Password must include at least one special character'],
  ],
};
const always: readonly Rule[] = [[/^.{0,64}$/su, 'Password must be at most 64 characters']];

/** @throws WeakPassword, naming the field of the request that held it */
export function assertPassword(password: string, policy: Config['passwordPolicy'], field?: string): void {
  const broken = [...rules[policy], ...always].find(([kept]) => !kept.test(password));
  if (broken) throw new WeakPassword(broken[1], field);
}

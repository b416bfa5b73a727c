import type { Config } from '../kernel/config/config.js';
import { WeakPassword } from './auth.faults.js';

const longest = 64;
const documented: readonly (readonly [RegExp, string])[] = [[/^.{6,}$/su, 'Password must be at least 6 characters']];
/** In the published order; the first that fails is told. */
const strong: typeof documented = [
  [/^.{8,}$/su, 'Password must be at least 8 characters'],
  [/[A-Z]/, 'Password must include at least one uppercase letter'],
  [/[a-z]/, 'Password must include at least one lowercase letter'],
  [/[0-9]/, 'Password must include at least one number'],
  [/[^A-Za-z0-9]/, 'Password must include at least one special character'],
];

/** @throws WeakPassword */
export function assertPassword(password: string, policy: Config['passwordPolicy']): void {
  const rules = policy === 'strong' ? strong : documented;
  const [, broken] = rules.find(([rule]) => !rule.test(password)) ?? [];
  if (broken !== undefined) throw new WeakPassword(broken);
  if ([...password].length > longest) throw new WeakPassword(`Password must be at most ${longest} characters`);
}

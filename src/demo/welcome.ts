import type { Config } from '../kernel/config/config.js';
import { demoUsers } from './demo-users.js';

/** What a person who has just started the server wants to try next. */
export function welcome(url: string, { demoData, nodeEnv, sandboxUrl }: Config): string {
  const lines = [`Payops is ready at ${url}`, `  API documents  ${url}/docs`, `  health         ${url}/health/ready`];
  if (sandboxUrl !== undefined) lines.push(`  sandbox        ${sandboxUrl}/sandbox/state`);
  if (nodeEnv === 'production' || demoData === 'none') return lines.join('\n');
  const logins = demoUsers.map(({ email, password, role }) => `  ${email.padEnd(21)}${password.padEnd(12)}${role}`);
  const [merchant] = demoUsers.filter(({ role }) => role === 'merchant');
  const tryIt = [
    `TOKEN=$(curl -s ${url}/api/auth/login -d email=${merchant?.email} -d password=${merchant?.password} | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')`,
    `curl -s ${url}/api/payments -H "Authorization: Bearer $TOKEN" -d merchant=Spotify -d payment_type=subscription \\`,
    `     -d amount_minor=1299 -d currency=GBP -d region=UK`,
    `curl -s "${url}/api/payments?limit=5" -H "Authorization: Bearer $TOKEN"`,
  ];
  return frame([...lines, '', 'Demo logins', ...logins, '', 'Create a payment, then list the newest'], tryIt);
}

/** The commands stand below the frame, so that they can be copied. */
function frame(lines: readonly string[], commands: readonly string[]): string {
  const width = Math.max(...lines.map(({ length }) => length)) + 2;
  const rule = '─'.repeat(width);
  return [`┌${rule}┐`, ...lines.map((line) => `│ ${line.padEnd(width - 1)}│`), `└${rule}┘`, ...commands].join('\n');
}

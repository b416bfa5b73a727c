import { WeakPassword } from './auth.faults.js';
import { assertPassword } from './password-policy.js';

const broken = (password: string, policy: 'documented' | 'strong'): string | undefined => {
  try {
    assertPassword(password, policy);
    return undefined;
  } catch (error) {
    return (error as WeakPassword).message;
  }
};

it.each([
  ['pass12', undefined],
  ['pass1', 'Password must be at least 6 characters'],
  ['😀😀😀', 'Password must be at least 6 characters'],
  ['x\nx\nx\n', undefined],
  ['x'.repeat(64), undefined],
  ['x'.repeat(65), 'Password must be at most 64 characters'],
  ['😀'.repeat(64), undefined],
])('documented: %j -> %s', (password, message) => {
  expect(broken(password, 'documented')).toBe(message);
});

it.each([
  ['Aa1!aaaa', undefined],
  ['Aa1!aaa', 'Password must be at least 8 characters'],
  ['aaaaaaaa', 'Password must include at least one uppercase letter'],
  ['AAAAAAAA', 'Password must include at least one lowercase letter'],
  ['Aaaaaaaa', 'Password must include at least one number'],
  ['Aaaaaaa1', 'Password must include at least one special character'],
  ['Aaaaaaa1é', undefined],
  [`Aa1!${'x'.repeat(61)}`, 'Password must be at most 64 characters'],
])('strong: %j -> %s', (password, message) => {
  expect(broken(password, 'strong')).toBe(message);
});

it('names the field of the request', () => {
  expect(() => assertPassword('x', 'documented', 'newPassword')).toThrow(
    expect.objectContaining({ context: { fields: [{ field: 'newPassword', message: 'Password must be at least 6 characters' }] } }),
  );
});

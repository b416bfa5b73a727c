import { ValidationFailed } from '../kernel/fault/common-faults.js';
import { readGatewayLogin, readGatewayRegistration, readNewRole } from './users.gateway.dto.js';

const person = { name: 'Ava', email: 'ava@acme.test', password: 'longenough' };

function fieldsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (refusal) {
    if (refusal instanceof ValidationFailed) return refusal.fields.map(({ field, rule }) => `${field}: ${rule}`);
    throw refusal;
  }
  return [];
}

it.each(['a@b.c', 'a.b-c_d@x-y.z', 'ä@ö.ü', '1@2.3', 'A@B.CO', 'a@b.c.d'])('takes %s for an e-mail', (email) => {
  expect(readGatewayRegistration({ ...person, email })).toEqual({ ...person, email });
});

it.each(['', '@', 'a@b', 'a@b.', 'a@.c@d', 'a b@c.d', 'a+b@c.d', 'a@b.c\n', 'a@b.c-', '<a@b.c>', 'a@b,c'])('takes %j for none', (email) => {
  expect(fieldsOf(() => readGatewayRegistration({ ...person, email }))).toEqual(['email: string_pattern_mismatch']);
});

it('is done with a long e-mail at once', () => {
  const began = performance.now();
  for (const email of [`${'a'.repeat(250_000)}@`, `${'a.'.repeat(120)}@${'b.'.repeat(6)}`]) readRefused(email);
  expect(performance.now() - began).toBeLessThan(200);
});
const readRefused = (email: string) => expect(fieldsOf(() => readGatewayRegistration({ ...person, email }))).toHaveLength(1);

it('takes a password as it is, spaces and all', () => {
  expect(readGatewayRegistration({ ...person, password: '        ' }).password).toBe('        ');
  expect(readGatewayLogin({ ...person, password: '      ' }).password).toBe('      ');
});

it('reads nothing that the body only inherits', () => {
  expect(fieldsOf(() => readNewRole(Object.create({ new_role: 'admin' })))).toEqual(['new_role: missing']);
});

it.each(['user', 'merchant', 'admin'])('knows the role %s', (role) => {
  expect(readNewRole({ new_role: role })).toBe(role);
});

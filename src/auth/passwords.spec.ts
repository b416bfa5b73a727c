import { Passwords } from './passwords.js';

const passwords = new Passwords({ passwordPolicy: 'documented', passwordHashMemoryKib: 19_456 });

it('knows a password again, and no other', async () => {
  const hash = await passwords.hash('pass123');
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await passwords.verify(hash, 'pass123')).toBe(true);
  expect(await passwords.verify(hash, 'Pass123')).toBe(false);
});

it('is never right where there is nobody', async () => {
  expect(await passwords.verify(undefined, '')).toBe(false);
});

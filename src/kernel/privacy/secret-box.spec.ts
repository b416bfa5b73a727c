import { Keys } from '../config/keys.js';
import { SecretBox } from './secret-box.js';

const secret = Buffer.alloc(32, 1);
const box = new SecretBox(new Keys(secret));

it('gives back what was put in, and shows nothing of it', () => {
  const sealed = box.seal('SK_ÅÄÖ', 'usr_1');
  expect(sealed).not.toContain('SK_');
  expect(box.open(sealed, 'usr_1')).toBe('SK_ÅÄÖ');
  expect(box.seal('SK_ÅÄÖ', 'usr_1')).not.toBe(sealed);
});

it('opens after a rotation of the secret, and with no other one', () => {
  const sealed = box.seal('SK_1', 'usr_1');
  expect(new SecretBox(new Keys(Buffer.alloc(32, 2), secret)).open(sealed, 'usr_1')).toBe('SK_1');
  expect(() => new SecretBox(new Keys(Buffer.alloc(32, 2))).open(sealed, 'usr_1')).toThrow('The secret of usr_1 cannot be read');
});

it.each(['usr_2', ''])('opens for nobody else: %s', (place) => {
  expect(() => box.open(box.seal('SK_1', 'usr_1'), place)).toThrow('cannot be read');
});

it('opens nothing that was changed', () => {
  const sealed = box.seal('SK_1', 'usr_1');
  const changed = `${sealed.slice(0, -2)}${sealed.endsWith('A') ? 'B' : 'A'}${sealed.at(-1)}`;
  expect(() => box.open(changed, 'usr_1')).toThrow('cannot be read');
});

import { isSignedByAdyen } from './adyen.signature.js';

const key = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056';
/** The example in the tests of Adyen's own libraries. */
const item = {
  pspReference: '7914073381342284',
  merchantAccountCode: 'TestMerchant',
  merchantReference: 'TestPayment-1407325143704',
  amount: { value: 1130, currency: 'EUR' },
  eventCode: 'AUTHORISATION',
  success: 'true',
  eventDate: '2014-08-06T17:15:34.121+02:00',
  additionalData: { hmacSignature: 'coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=' },
};
const sent = (...items: object[]) =>
  Buffer.from(JSON.stringify({ live: 'false', notificationItems: items.map((one) => ({ NotificationRequestItem: one })) }));

it('takes the example of Adyen’s libraries', () => {
  expect(isSignedByAdyen(sent(item), key, 'TestMerchant')).toBe(true);
  expect(isSignedByAdyen(sent(item, item), key, 'TestMerchant')).toBe(true);
});

it.each([
  ['another merchant account', sent(item), key, 'OtherMerchant'],
  ['another key', sent(item), key.replace('4', '5'), 'TestMerchant'],
  ['no key', sent(item), '', 'TestMerchant'],
  ['a key that is no hexadecimal number', sent(item), 'secret', 'TestMerchant'],
  ['one item of two that is not signed', sent(item, { ...item, success: 'false' }), key, 'TestMerchant'],
  ['no items', sent(), key, 'TestMerchant'],
  ['no notification', Buffer.from('null'), key, 'TestMerchant'],
])('refuses %s', (_, body, hexKey, account) => {
  expect(isSignedByAdyen(body, hexKey, account)).toBe(false);
});

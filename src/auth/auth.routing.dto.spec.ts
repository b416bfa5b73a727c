import { readLogin, readRegistration } from './auth.routing.dto.js';

const good = { email: ' ava@acme.test ', password: ' pass 123 ' };
const unreadable = [undefined, null, '', 'text', 7, [], [good], {}];
const noText = [undefined, null, '', '   ', 7, true, ['a'], { $ne: '' }, { $gt: '' }];

describe('login', () => {
  it('trims the e-mail and leaves the password alone', () => {
    expect(readLogin(good)).toEqual({ email: 'ava@acme.test', password: ' pass 123 ' });
  });
  it.each(unreadable)('finds nothing in %j', (body) => {
    expect(() => readLogin(body)).toThrow('Missing credentials');
  });
  it.each(noText)('takes %j for missing', (value) => {
    expect(() => readLogin({ ...good, email: value })).toThrow('Missing credentials');
    expect(() => readLogin({ ...good, password: value })).toThrow('Missing credentials');
  });
});

describe('registration', () => {
  it.each([undefined, null, '', ' ', 'merchant', ' Merchant '])('takes the role %j', (role) => {
    expect(readRegistration({ ...good, role })).toEqual({ email: 'ava@acme.test', password: ' pass 123 ' });
  });
  it.each(['owner', 'user', 'system_admin', 'support', 'root', 'constructor', 7, ['merchant'], { $ne: 1 }])('knows no role %j', (role) => {
    expect(() => readRegistration({ ...good, role })).toThrow('Invalid role');
  });
  it.each(['admin', 'finance', 'ADMIN'])('gives nobody the role %s', (role) => {
    expect(() => readRegistration({ ...good, role })).toThrow('Access denied');
  });
  it.each(noText)('takes %j for missing before it looks at the role', (value) => {
    expect(() => readRegistration({ ...good, email: value, role: 'root' })).toThrow('Missing required fields');
    expect(() => readRegistration({ ...good, password: value, role: 'root' })).toThrow('Missing required fields');
  });
  it('takes an e-mail of 254 characters and no longer one', () => {
    expect(readRegistration({ ...good, email: 'e'.repeat(254) }).email).toHaveLength(254);
    expect(() => readRegistration({ ...good, email: 'e'.repeat(255) })).toThrow('Invalid email');
  });
});

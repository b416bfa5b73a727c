import { readForm } from './form.js';

const plain = (text: string): unknown => JSON.parse(JSON.stringify(readForm(text)));

describe('a form', () => {
  it.each([
    ['a=1&b=two%20words', { a: '1', b: 'two words' }],
    ['metadata[order]=7&metadata[note]=a+b', { metadata: { order: '7', note: 'a b' } }],
    ['expand[0]=latest_charge&expand[1]=customer', { expand: ['latest_charge', 'customer'] }],
    ['expand[]=latest_charge', { expand: ['latest_charge'] }],
    ['a[b][c]=1', { a: { b: { c: '1' } } }],
    ['', {}],
  ])('%s', (text, fields) => {
    expect(plain(text)).toEqual(fields);
  });

  it('gives no name a meaning', () => {
    const fields = readForm('__proto__[admin]=1&constructor[prototype][x]=1');
    expect(Object.getPrototypeOf(fields)).toBeNull();
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

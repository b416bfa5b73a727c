import { assertReadableQuery, readBody, readJson } from './read-body.js';

const all = ['json', 'form', 'multipart'] as const;
const read = (body: string | Buffer, type?: string) => readBody(Buffer.from(body), { 'content-type': type }, all);
const json = (text: string) => read(text, 'application/json');
const form = (text: string) => read(text, 'application/x-www-form-urlencoded');
const part = (name: string, value: string, more = '') => `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
const multipart = (text: string, boundary = 'b') => read(text, `multipart/form-data; boundary=${boundary}`);

describe('the content type', () => {
  it.each(['application/json', 'Application/JSON', 'application/json; charset=utf-8', ' application/json ;x'])(
    '%j is JSON',
    async (type) => {
      expect(await read('{"a":1}', type)).toEqual({ a: 1 });
    },
  );

  it.each([undefined, '', 'text/plain', 'application/jsonp', 'constructor', '__proto__'])('%j is refused', async (type) => {
    await expect(read('{"a":1}', type)).rejects.toMatchObject({ code: 'unsupported_media_type', context: { input: '{"a":1}' } });
  });

  it('is refused where the surface does not take it, quoting no more than a thousand bytes', async () => {
    const refused = readBody(Buffer.from('x'.repeat(5000)), { 'content-type': 'application/x-www-form-urlencoded' }, ['json']);
    await expect(refused).rejects.toMatchObject({ code: 'unsupported_media_type', context: { input: 'x'.repeat(1000) } });
  });

  it.each([undefined, 'text/plain', 'application/json'])('does not matter without a body: %j', async (type) => {
    expect(await read('', type)).toEqual({});
  });
});

describe('JSON', () => {
  it.each([
    'null',
    '[]',
    '"a"',
    '7',
    '{"a":[1,{"b":"\\\\u0000"}]}',
    '{"a":"\\\\\\\\u0000"}',
    '["[[[[{{{{"]',
    '{"prototype":1,"constructor":1}',
  ])('reads %s', async (text) => {
    expect(await json(text)).toEqual(JSON.parse(text));
  });

  it('is read 32 levels deep and no deeper, also when brackets stand in text', () => {
    const levels = (depth: number) => '['.repeat(depth) + '"]\\"]"' + ']'.repeat(depth);
    expect(readJson(levels(32))).toBeDefined();
    expect(() => readJson(levels(33))).toThrow('The body is nested more than 32 levels deep');
  });

  it.each([
    ['', 0],
    ['{"id":', 6],
    ['{"id":"é', 6],
    ['{id:1}', 1],
    ['[1,2', 4],
  ])('says where %j breaks off', (text, offset) => {
    expect(() => readJson(text)).toThrow(
      expect.objectContaining({ code: 'invalid_json', message: 'The body is not valid JSON', context: { offset } }),
    );
  });

  it.each(['"a\\u0000b"', '{"\\u0000":1}', '"\\\\\\u0000"', '[["\\u0000"]]'])('is refused with a NUL: %s', (text) => {
    expect(() => readJson(text)).toThrow('NUL characters are not allowed');
  });

  it('is refused in time with many backslashes before a NUL', () => {
    expect(() => readJson(`"${'\\\\'.repeat(120_000)}\\u0000"`)).toThrow('NUL characters are not allowed');
  });
});

describe('a form', () => {
  it.each([
    ['a=1&b=2', { a: '1', b: '2' }],
    ['a=1+2%2B%3d=%26', { a: '1 2+==&' }],
    ['a&b=&&=c', { a: '', b: '', '': 'c' }],
    ['a=1&b=x&a=2&a=', { a: ['1', '2', ''], b: 'x' }],
    ['a=1%2500', { a: '1%00' }],
    ['toString=1&toString=2', { toString: ['1', '2'] }],
  ])('reads %s', async (text, fields) => {
    expect(await form(text)).toEqual(fields);
  });

  it.each(['__proto__', 'constructor', 'prototype', '%5f_proto__'])('refuses a field %s', async (name) => {
    await expect(form(`${name}=1`)).rejects.toMatchObject({ code: 'validation_failed' });
  });

  it('takes 200 fields and no more', async () => {
    expect(await form('a=1&'.repeat(200))).toEqual({ a: Array.from({ length: 200 }, () => '1') });
    await expect(form('a=1&'.repeat(201))).rejects.toMatchObject({ code: 'too_large', message: 'Too many fields' });
  });
});

describe('multipart data', () => {
  it('is read field by field, a repeated one as a list', async () => {
    const text = `${part('a', 'é\r\nx')}${part('b', '')}${part('a', '2')}--b--\r\n`;
    expect(await multipart(text)).toEqual({ a: ['é\r\nx', '2'], b: '' });
    expect(await multipart(text, '"b"')).toEqual({ a: ['é\r\nx', '2'], b: '' });
    expect(await multipart(text, 'b; charset=utf-8')).toEqual({ a: ['é\r\nx', '2'], b: '' });
  });

  it('has text fields only', async () => {
    const withFile = multipart(`${part('file', 'bytes', '; filename="a.txt"')}${part('a', '1')}--b--`);
    await expect(withFile).rejects.toThrow('Files are not accepted, only text fields');
  });

  it('keeps a value of nearly the whole body', async () => {
    const long = 'x'.repeat(250_000);
    expect(await multipart(`${part('a', long)}--b--`)).toEqual({ a: long });
  });

  it.each([
    ['is cut short', part('a', '1')],
    ['is cut short in the closing boundary', `${part('a', '1')}--b-`],
    ['has no parts', 'a=1'],
    ['is another boundary', `${part('a', '1').replaceAll('--b', '--c')}--c--`],
  ])('is refused when it %s', async (_case, text) => {
    await expect(multipart(text)).rejects.toMatchObject({ code: 'invalid_json', message: 'The body is not valid multipart data' });
  });

  it.each(['multipart/form-data', 'multipart/form-data; boundary=', 'multipart/form-data; boundary=""'])(
    'is refused without a boundary: %s',
    async (type) => {
      await expect(read(`${part('a', '1')}--b--`, type)).rejects.toMatchObject({ code: 'invalid_json' });
    },
  );

  it.each(['__proto__', 'constructor'])('refuses a field %s', async (name) => {
    await expect(multipart(`${part(name, '1')}--b--`)).rejects.toMatchObject({ code: 'validation_failed' });
  });

  it('takes 200 fields and no more', async () => {
    await expect(multipart(`${part('a', '1').repeat(200)}--b--`)).resolves.toHaveProperty('a.length', 200);
    await expect(multipart(`${part('a', '1').repeat(201)}--b--`)).rejects.toMatchObject({ message: 'Too many fields' });
  });
});

describe('bytes that are not UTF-8', () => {
  it.each(['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=b'])(
    'are refused in %s',
    async (type) => {
      await expect(read(Buffer.from([0x22, 0xc3, 0x28, 0x22]), type)).rejects.toMatchObject({ message: 'The body is not valid UTF-8' });
    },
  );
});

describe('a query', () => {
  it.each(['/x', '/x?', '/x?a=1&b=%C3%A9&a=2', '/x?a=b?c=d'])('is readable in %s', (url) => {
    expect(() => assertReadableQuery(url)).not.toThrow();
  });

  it.each(['/x?a=%', '/x?%zz', '/x?a=%ff', '/x?a=b?c=%e9'])('is not valid in %s', (url) => {
    expect(() => assertReadableQuery(url)).toThrow(
      expect.objectContaining({ code: 'validation_failed', message: 'The query is not valid' }),
    );
  });
});

import { connect } from 'node:net';
import { type Ask, checked, type DialectAsked, type DialectsApp, dialects, startDialects, trace } from '../../support/dialects.client.js';

const meta = { traceId: trace };
let app: DialectsApp;

beforeAll(async () => {
  app = await startDialects();
});

afterAll(() => app.close());

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly offset?: number;
}
const unreadable = (message: string, offset?: number): Refusal => ({
  status: 400,
  code: 'invalid_json',
  message,
  ...(offset !== undefined && { offset }),
});
const invalid = (message: string): Refusal => ({ status: 400, code: 'validation_failed', message });
const refused: Record<DialectAsked, (refusal: Refusal) => readonly [status: number, body: unknown]> = {
  envelope: ({ status, message }) => [status, { status, message }],
  bare: ({ status, message }) => [status, { detail: message }],
  gateway: ({ status, code, message, offset = 0 }) =>
    code === 'invalid_json'
      ? [422, { detail: [{ type: 'json_invalid', loc: ['body', offset], msg: 'JSON decode error', input: {}, ctx: { error: message } }] }]
      : [status === 400 ? 422 : status, { detail: message }],
  traced: ({ status, code, message, offset }) => [
    status,
    { data: null, error: { code, message, context: offset === undefined ? {} : { offset } }, meta },
  ],
  store: ({ status, message }) => [status, { error: message }],
};

async function expectRefusal(dialect: DialectAsked, asked: Ask, refusal: Refusal): Promise<void> {
  const answer = await app.at(dialect, asked);
  const [status, body] = refused[dialect](refusal);
  expect({ status: answer.status, body: answer.body }).toEqual({ status, body });
}

const deep = '['.repeat(20_000) + ']'.repeat(20_000);
const hostile: [name: string, asked: Ask, refusal: Refusal][] = [
  ['a NUL byte', checked('{"id":"a\0b"}'), unreadable('The body is not valid JSON', 8)],
  ['an escaped NUL', checked('{"id":"a\\u0000b"}'), invalid('NUL characters are not allowed')],
  ['an escaped NUL in a key', checked('{"i\\u0000":1}'), invalid('NUL characters are not allowed')],
  ['20,000 levels', checked(deep), unreadable('The body is nested more than 32 levels deep')],
  ['20,000 levels that never close', checked('{"a":'.repeat(20_000)), unreadable('The body is nested more than 32 levels deep')],
  ['a __proto__ key', checked('{"id":1,"__proto__":{"admin":true}}'), unreadable('The body is not valid JSON', 0)],
  ['an escaped __proto__ key', checked('{"\\u005f_proto__":{"admin":true}}'), unreadable('The body is not valid JSON', 0)],
  ['a prototype of a constructor', checked('{"constructor":{"prototype":{"admin":true}}}'), unreadable('The body is not valid JSON', 0)],
  ['bad UTF-8', checked(Buffer.from('{"id":"\xff\xfe"}', 'latin1')), unreadable('The body is not valid UTF-8')],
  ['UTF-8 cut short', checked(Buffer.from('{"id":"\xe2\x82', 'latin1')), unreadable('The body is not valid UTF-8')],
  ['percent-garbage in the query', { path: '/value?q=%zz' }, invalid('The query is not valid')],
  ['percent-garbage in a name of the query', { path: '/value?%=1' }, invalid('The query is not valid')],
  ['bad UTF-8 in the query', { path: '/value?q=%ff' }, invalid('The query is not valid')],
  ['a NUL in the query', { path: '/value?q=%00' }, invalid('NUL characters are not allowed')],
  ['__proto__ in the query', { path: '/value?__proto__=1' }, invalid('Field name __proto__ is not allowed')],
];

describe.each(hostile)('%s', (_name, asked, refusal) => {
  it.each(dialects)('is refused in %s', (dialect) => expectRefusal(dialect, asked, refusal));
});

const form = (text: string): Ask => checked(text, 'application/x-www-form-urlencoded');
const tooMany: Refusal = { status: 413, code: 'too_large', message: 'Too many fields' };
const hostileForms: [name: string, asked: Ask, refusal: Refusal][] = [
  ['percent-garbage', form('id=%zz'), unreadable('The body is not a valid form')],
  ['escaped bad UTF-8', form('id=%ff'), unreadable('The body is not a valid form')],
  ['bad UTF-8', checked(Buffer.from('id=\xff', 'latin1'), 'application/x-www-form-urlencoded'), unreadable('The body is not valid UTF-8')],
  ['a NUL', form('id=a%00b'), invalid('NUL characters are not allowed')],
  ['a NUL in JSON text', form('id={"a":"\\u0000"}'), invalid('NUL characters are not allowed')],
  ['__proto__', form('__proto__=1'), invalid('Field name __proto__ is not allowed')],
  ['a repeated field', form('id=1&id=2'), invalid('id must be one value')],
  ['201 fields', form('a=1&'.repeat(201)), tooMany],
];

describe.each(hostileForms)('a form with %s', (_name, asked, refusal) => {
  it.each(['envelope', 'store'] as const)('is refused in %s', (dialect) => expectRefusal(dialect, asked, refusal));
});

const multipart = 'multipart/form-data; boundary=xYz';
const field = (name: string, value: string) => `--xYz\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const end = '--xYz--\r\n';
const hostileMultiparts: [name: string, asked: Ask, refusal: Refusal][] = [
  ['that is cut short', checked(field('id', '7'), multipart), unreadable('The body is not valid multipart data')],
  ['cut short in a header', checked(field('id', '7').slice(0, 30), multipart), unreadable('The body is not valid multipart data')],
  ['that is none', checked('id=7', multipart), unreadable('The body is not valid multipart data')],
  ['without a boundary', checked(field('id', '7') + end, 'multipart/form-data'), unreadable('The body is not valid multipart data')],
  ['with bad UTF-8', checked(Buffer.from(field('id', '\xff') + end, 'latin1'), multipart), unreadable('The body is not valid UTF-8')],
  ['with a NUL', checked(field('id', 'a\0b') + end, multipart), invalid('NUL characters are not allowed')],
  ['with __proto__', checked(field('__proto__', '1') + end, multipart), invalid('Field name __proto__ is not allowed')],
  ['with a repeated field', checked(field('id', '1') + field('id', '2') + end, multipart), invalid('id must be one value')],
  ['with 201 fields', checked(field('a', '1').repeat(201) + end, multipart), tooMany],
];

describe.each(hostileMultiparts)('multipart data %s', (_name, asked, refusal) => {
  it.each(['envelope', 'store'] as const)('is refused in %s', (dialect) => expectRefusal(dialect, asked, refusal));
});

it.each([
  ['envelope', { status: 200, data: { id: 'é 7' } }],
  ['store', { id: 'é 7' }],
] as const)('reads multipart fields in %s', async (dialect, body) => {
  expect(await app.at(dialect, checked(field('id', 'é 7') + end, multipart))).toMatchObject({ status: 200, body });
});

describe('an address that cannot be read', () => {
  it.each([
    ['envelope', '/api/%ff', { status: 400, message: 'The address is not valid' }],
    ['envelope', '/api/%zz', { status: 400, message: 'The address is not valid' }],
    ['bare', '/api/financial/%zz', { detail: 'The address is not valid' }],
    ['bare', '/api/stripe/%ff', { detail: 'The address is not valid' }],
    [
      'both owners of /api/v1',
      '/api/v1/%zz',
      {
        data: null,
        error: { code: 'validation_failed', message: 'The address is not valid', context: {} },
        meta,
        detail: 'The address is not valid',
      },
    ],
    ['store', '/%zz', { error: 'The address is not valid' }],
  ])('is refused for %s: %s', async (_dialect, path, body) => {
    expect(await app.ask({ path })).toMatchObject({ status: 400, body });
  });

  it('is one with an id longer than any', async () => {
    expect(await app.at('store', { path: `/things/${'x'.repeat(1001)}` })).toMatchObject({
      status: 400,
      body: { error: 'The address is not valid' },
    });
    expect(await app.at('store', { path: `/things/${'x'.repeat(1000)}` })).toMatchObject({ status: 200 });
  });
});

describe('a body without a readable content type', () => {
  it.each(['json', 'text', '*/*', 'application/'])('is refused: "%s"', async (type) => {
    expect(await app.at('store', checked(Buffer.from('{"id":7}'), type))).toMatchObject({
      status: 415,
      body: { error: 'Unsupported Media Type' },
    });
  });
});

/** A client that reads nothing before it has sent everything; it sees no answer from a server that hangs up on it. */
function sendAll(path: string, bytes: number, declared: boolean): Promise<string> {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const framing = declared ? `content-length: ${bytes}` : 'transfer-encoding: chunked';
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1').pause();
    let sent = 0;
    const send = () => {
      while (sent < bytes) {
        sent += chunk.length;
        const whole = declared ? chunk : Buffer.concat([Buffer.from('10000\r\n'), chunk, Buffer.from('\r\n')]);
        if (socket.write(whole)) continue;
        socket.once('drain', send);
        return;
      }
      if (!declared) socket.write('0\r\n\r\n');
      let answer = '';
      socket.on('data', (data) => (answer += data.toString())).on('end', () => resolve(answer));
      socket.resume();
    };
    socket.on('error', reject);
    socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${framing}\r\n\r\n`);
    send();
  });
}

it.each([true, false])('tells a client that sends 8 MiB before it listens (length declared: %s)', async (declared) => {
  const answer = await sendAll('/api/sample/checked', 8 * 1024 * 1024, declared);
  expect(answer).toContain('HTTP/1.1 413');
  expect(answer).toContain('{"status":413,"message":"Request body is too large"}');
});

it('outlives a client that goes away while it sends', async () => {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  const head = 'POST /api/sample/checked HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"id":';
  await new Promise((resolve) => void socket.write(head, resolve));
  socket.resetAndDestroy();
  expect(await app.at('envelope', { path: '/value' })).toMatchObject({ status: 200 });
});

import {
  type Ask,
  checked,
  type DialectAsked,
  type DialectsApp,
  dialects,
  post,
  startDialects,
  trace,
} from '../../support/dialects.client.js';

const meta = { traceId: trace };
let app: DialectsApp;

beforeAll(async () => {
  app = await startDialects();
});

afterAll(() => app.close());

const cases: Record<string, { readonly asked: Ask } & Record<DialectAsked, readonly [status: number, body: unknown]>> = {
  'a value': {
    asked: { path: '/value' },
    envelope: [200, { status: 200, data: { id: 7 } }],
    bare: [200, { id: 7 }],
    gateway: [200, { id: 7 }],
    traced: [200, { data: { id: 7 }, error: null, meta }],
    store: [200, { id: 7 }],
  },
  'a page': {
    asked: { path: '/page' },
    envelope: [200, { status: 200, data: [{ id: 7 }, { id: 8 }] }],
    bare: [200, [{ id: 7 }, { id: 8 }]],
    gateway: [200, [{ id: 7 }, { id: 8 }]],
    traced: [200, { data: [{ id: 7 }, { id: 8 }], error: null, meta: { traceId: trace, page: { limit: 2, nextCursor: 'next' } } }],
    store: [200, [{ id: 7 }, { id: 8 }]],
  },
  'nothing but a sentence': {
    asked: { method: 'POST', path: '/void' },
    envelope: [201, { status: 201, message: 'Done' }],
    bare: [201, { message: 'Done' }],
    gateway: [201, { message: 'Done' }],
    traced: [201, { data: null, error: null, meta }],
    store: [201, { success: 'Done' }],
  },
  'a fault': {
    asked: { path: '/fault' },
    envelope: [409, { status: 409, message: 'Somebody moved first', outcome: 'none' }],
    bare: [400, { detail: 'Somebody moved first', outcome: 'none' }],
    gateway: [409, { detail: 'Somebody moved first', outcome: 'none' }],
    traced: [409, { data: null, error: { code: 'conflict', message: 'Somebody moved first', context: { outcome: 'none' } }, meta }],
    store: [409, { error: 'Somebody moved first', outcome: 'none' }],
  },
  'no credential': {
    asked: { path: '/guarded' },
    envelope: [401, { status: 401, message: 'Missing token' }],
    bare: [401, { detail: 'Missing token' }],
    gateway: [401, { detail: 'Authorization header missing.' }],
    traced: [401, { data: null, error: { code: 'unauthenticated', message: 'Missing token', context: {} }, meta }],
    store: [401, { error: 'Missing token' }],
  },
  'a credential that is none': {
    asked: { path: '/guarded', token: 'nobody' },
    envelope: [401, { status: 401, message: 'Invalid token' }],
    bare: [401, { detail: 'Invalid token' }],
    gateway: [401, { detail: 'Invalid or expired token.' }],
    traced: [401, { data: null, error: { code: 'unauthenticated', message: 'Invalid token', context: {} }, meta }],
    store: [401, { error: 'Invalid token' }],
  },
  'a role without the permission': {
    asked: { path: '/guarded', token: 'user' },
    envelope: [403, { status: 403, message: 'Access denied' }],
    bare: [403, { detail: 'Access denied' }],
    gateway: [403, { detail: 'Access denied' }],
    traced: [403, { data: null, error: { code: 'forbidden', message: 'Access denied', context: {} }, meta }],
    store: [403, { error: 'Access denied' }],
  },
  'a role with the permission': {
    asked: { path: '/guarded', token: 'merchant' },
    envelope: [200, { status: 200, data: { id: 'merchant' } }],
    bare: [200, { id: 'merchant' }],
    gateway: [200, { id: 'merchant' }],
    traced: [200, { data: { id: 'merchant' }, error: null, meta }],
    store: [200, { id: 'merchant' }],
  },
  'a body that nobody without a credential gets read': {
    asked: post('/guarded', '{"id":'),
    envelope: [401, { status: 401, message: 'Missing token' }],
    bare: [401, { detail: 'Missing token' }],
    gateway: [401, { detail: 'Authorization header missing.' }],
    traced: [401, { data: null, error: { code: 'unauthenticated', message: 'Missing token', context: {} }, meta }],
    store: [401, { error: 'Missing token' }],
  },
  'a missing field': {
    asked: checked('{}'),
    envelope: [400, { status: 400, message: 'id is required' }],
    bare: [400, { detail: 'id is required' }],
    gateway: [422, { detail: [{ type: 'missing', loc: ['body', 'id'], msg: 'Field required', input: {} }] }],
    traced: [
      400,
      {
        data: null,
        error: {
          code: 'validation_failed',
          message: 'id is required',
          context: { fields: [{ field: 'id', message: 'id is required', rule: 'missing', input: {} }] },
        },
        meta,
      },
    ],
    store: [400, { error: 'id is required' }],
  },
  'broken JSON': {
    asked: checked('{"id":'),
    envelope: [400, { status: 400, message: 'The body is not valid JSON' }],
    bare: [400, { detail: 'The body is not valid JSON' }],
    gateway: [
      422,
      {
        detail: [
          { type: 'json_invalid', loc: ['body', 6], msg: 'JSON decode error', input: {}, ctx: { error: 'The body is not valid JSON' } },
        ],
      },
    ],
    traced: [400, { data: null, error: { code: 'invalid_json', message: 'The body is not valid JSON', context: { offset: 6 } }, meta }],
    store: [400, { error: 'The body is not valid JSON' }],
  },
  'a body past the limit': {
    asked: checked(JSON.stringify({ id: 'x'.repeat(256 * 1024) })),
    envelope: [413, { status: 413, message: 'Request body is too large' }],
    bare: [413, { detail: 'Request body is too large' }],
    gateway: [413, { detail: 'Request body is too large' }],
    traced: [413, { data: null, error: { code: 'too_large', message: 'Request body is too large', context: {} }, meta }],
    store: [413, { error: 'Request body is too large' }],
  },
  'a media type that no surface takes': {
    asked: checked('<a/>', 'text/xml'),
    envelope: [415, { status: 415, message: 'Unsupported Media Type' }],
    bare: [415, { detail: 'Unsupported Media Type' }],
    gateway: [
      422,
      {
        detail: [
          {
            type: 'model_attributes_type',
            loc: ['body'],
            msg: 'Input should be a valid dictionary or object to extract fields from',
            input: '<a/>',
          },
        ],
      },
    ],
    traced: [
      415,
      { data: null, error: { code: 'unsupported_media_type', message: 'Unsupported Media Type', context: { input: '<a/>' } }, meta },
    ],
    store: [415, { error: 'Unsupported Media Type' }],
  },
  'a form': {
    asked: checked('id=a+b%26%C3%A9', 'application/x-www-form-urlencoded'),
    envelope: [200, { status: 200, data: { id: 'a b&é' } }],
    bare: [415, { detail: 'Unsupported Media Type' }],
    gateway: [
      422,
      {
        detail: [
          {
            type: 'model_attributes_type',
            loc: ['body'],
            msg: 'Input should be a valid dictionary or object to extract fields from',
            input: 'id=a+b%26%C3%A9',
          },
        ],
      },
    ],
    traced: [
      415,
      {
        data: null,
        error: { code: 'unsupported_media_type', message: 'Unsupported Media Type', context: { input: 'id=a+b%26%C3%A9' } },
        meta,
      },
    ],
    store: [200, { id: 'a b&é' }],
  },
  'a method that the path does not have': {
    asked: { method: 'PUT', path: '/value' },
    envelope: [405, { status: 405, message: 'Method not allowed' }],
    bare: [405, { detail: 'Method not allowed' }],
    gateway: [405, { detail: 'Method Not Allowed' }],
    traced: [
      405,
      {
        data: null,
        error: { code: 'method_not_allowed', message: 'Method Not Allowed', context: {} },
        meta,
        detail: 'Method Not Allowed',
      },
    ],
    store: [405, { error: 'Method not allowed' }],
  },
  'a path that nobody has': {
    asked: { path: '/nowhere' },
    envelope: [404, { status: 404, message: 'Not found' }],
    bare: [404, { detail: 'Not found' }],
    gateway: [404, { data: null, error: { code: 'not_found', message: 'Not Found', context: {} }, meta, detail: 'Not Found' }],
    traced: [404, { data: null, error: { code: 'not_found', message: 'Not Found', context: {} }, meta, detail: 'Not Found' }],
    store: [404, { error: 'Not found' }],
  },
  'an id that cannot be read': {
    asked: { path: '/things/%zz' },
    envelope: [400, { status: 400, message: 'The address is not valid' }],
    bare: [400, { detail: 'The address is not valid' }],
    gateway: [422, { detail: 'The address is not valid' }],
    traced: [400, { data: null, error: { code: 'validation_failed', message: 'The address is not valid', context: {} }, meta }],
    store: [400, { error: 'The address is not valid' }],
  },
  'a bug': {
    asked: { path: '/crash' },
    envelope: [500, { status: 500, message: 'Internal server error' }],
    bare: [500, { detail: 'Internal server error' }],
    gateway: [500, { detail: 'Internal server error' }],
    traced: [500, { data: null, error: { code: 'internal_error', message: 'Internal server error', context: {} }, meta }],
    store: [500, { error: 'Internal server error' }],
  },
  'an error of a client library with a status of its own': {
    asked: { path: '/upstream' },
    envelope: [500, { status: 500, message: 'Internal server error' }],
    bare: [500, { detail: 'Internal server error' }],
    gateway: [500, { detail: 'Internal server error' }],
    traced: [500, { data: null, error: { code: 'internal_error', message: 'Internal server error', context: {} }, meta }],
    store: [500, { error: 'Internal server error' }],
  },
};

describe.each(Object.entries(cases))('%s', (_name, { asked, ...answers }) => {
  it.each(dialects)('is told in %s', async (dialect) => {
    const [status, body] = answers[dialect];
    const answer = await app.at(dialect, asked);
    expect({ status: answer.status, body: answer.body }).toEqual({ status, body });
  });
});

describe.each(dialects)('the headers in %s', (dialect) => {
  it('name the methods that exist at a path asked with another one', async () => {
    expect((await app.at(dialect, { method: 'DELETE', path: '/guarded' })).headers.get('allow')).toBe('GET, POST');
  });

  it('name no method for a path that does not exist', async () => {
    expect((await app.at(dialect, { path: '/nowhere' })).headers.get('allow')).toBeNull();
  });

  it('say when to come back', async () => {
    expect((await app.at(dialect, { path: '/fault' })).headers.get('retry-after')).toBe('3');
  });
});

describe('the trace of a request', () => {
  it.each([
    ['without a body', { path: '/trace' }],
    ['with a body', post('/trace', '{}')],
  ])('reaches the handler %s', async (_case, asked) => {
    expect((await app.at('bare', asked)).body).toEqual({ id: trace });
  });
});

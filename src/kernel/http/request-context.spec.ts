import { setTimeout as pause } from 'node:timers/promises';
import { requestContext, traceIdOf } from './request-context.js';

const id = '0af7651916cd43dd8448eb211c80319c';
const made = /^[0-9a-f]{32}$/;

describe('the trace id of a traceparent header', () => {
  it.each([`00-${id}-b7ad6b7169203331-01`, `01-${id}-b7ad6b7169203331-00`])('is read from %s', (header) => {
    expect(traceIdOf(header)).toBe(id);
  });

  it.each([
    ['no header', undefined],
    ['an empty one', ''],
    ['several', [`00-${id}-b7ad6b7169203331-01`]],
    ['the version that is none', `ff-${id}-b7ad6b7169203331-01`],
    ['the id that is none', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
    ['upper case', `00-${id.toUpperCase()}-b7ad6b7169203331-01`],
    ['an id too short', `00-${id.slice(1)}-b7ad6b7169203331-01`],
    ['text around it', ` 00-${id}-b7ad6b7169203331-01`],
    ['a second line', `00-${id}-b7ad6b7169203331-01\n`],
  ])('is made for %s', (_case, header) => {
    const trace = traceIdOf(header);
    expect(trace).toMatch(made);
    expect(trace).not.toBe(id);
    expect(trace).not.toBe(traceIdOf(header));
  });
});

describe('the context of a request', () => {
  it('stays with its own work, however that is interleaved', async () => {
    const seen = await Promise.all(
      ['one', 'two'].map((traceId) =>
        requestContext.run({ traceId }, async () => {
          await pause(1);
          return [requestContext.traceId(), requestContext.current()?.traceId];
        }),
      ),
    );
    expect(seen).toEqual([
      ['one', 'one'],
      ['two', 'two'],
    ]);
  });

  it('is absent outside a request, where every piece of work gets a trace of its own', () => {
    expect(requestContext.current()).toBeUndefined();
    expect(requestContext.traceId()).toMatch(made);
    expect(requestContext.traceId()).not.toBe(requestContext.traceId());
  });
});

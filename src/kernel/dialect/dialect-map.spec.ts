import type { Routes } from '../http/routes.js';
import { DialectMap } from './dialect-map.js';
import { fallbacks, voices } from './voices.js';

const routes: [method: string, path: string, dialect: string | undefined][] = [
  ['GET', '/api/payments', 'envelope'],
  ['POST', '/api/payments', 'envelope'],
  ['PUT', '/api/payments/:id', 'envelope'],
  ['GET', '/api/financial/credits', 'bare'],
  ['GET', '/api/v1/payments/:id', 'traced'],
  ['PATCH', '/api/v1/payments/:id', 'traced'],
  ['GET', '/api/v1/payments/all', 'gateway'],
  ['DELETE', '/api/v1/:resource/:id', 'gateway'],
  ['GET', '/api/v1/records', 'traced'],
  ['POST', '/buy', 'store'],
  ['GET', '/health/live', undefined],
];
const map = new DialectMap({ all: () => routes.map(([method, path, dialect]) => ({ method, path, dialect })) } as unknown as Routes);
const unowned = fallbacks[0]?.[1];

const ask = (method: string, url: string, pattern?: string) => map.of({ method, url, routeOptions: { url: pattern } } as never);

describe('a request with a handler', () => {
  it.each([
    ['GET', '/api/v1/payments/all', '/api/v1/payments/all', voices.gateway],
    ['GET', '/api/v1/payments/7?x=/buy', '/api/v1/payments/:id', voices.traced],
    ['DELETE', '/api/v1/users/7', '/api/v1/:resource/:id', voices.gateway],
    ['PUT', '/api/payments/7', '/api/payments/:id', voices.envelope],
  ])('%s %s is answered by the voice of its pattern', (method, url, pattern, voice) => {
    expect(ask(method, url, pattern)).toEqual({ voice });
  });

  it('that is undressed is answered for by its path, whatever else is there', () => {
    expect(ask('GET', '/health/live', '/health/live')).toEqual({ voice: voices.store });
    expect(ask('GET', '/api/v1/plain', '/api/v1/plain')).toEqual({ voice: unowned });
  });
});

describe('a path that nobody has', () => {
  it.each([
    ['/api/v1', unowned],
    ['/api/v1/', unowned],
    ['/api/v1/nowhere?x=1', unowned],
    ['/api/v1nowhere', voices.envelope],
    ['/api/financial/nowhere', voices.bare],
    ['/api/stripe', voices.bare],
    ['/api/financials', voices.envelope],
    ['/api', voices.envelope],
    ['/apis', voices.store],
    ['/', voices.store],
    ['*', voices.store],
  ])('%s is answered by the most specific prefix', (url, voice) => {
    expect(ask('GET', url)).toEqual({ voice });
  });
});

describe('a method that a path does not have', () => {
  it.each([
    ['DELETE', '/api/payments', voices.envelope, ['GET', 'POST']],
    ['TRACE', '/health/live', voices.store, ['GET']],
    ['POST', '/api/payments/7?x=1', voices.envelope, ['PUT']],
    ['POST', '/api/financial/credits', voices.bare, ['GET']],
    ['GET', '/buy', voices.store, ['POST']],
    ['POST', '/api/v1/records', unowned, ['GET']],
  ])('%s %s is told which it has', (method, url, voice, allow) => {
    expect(ask(method, url)).toEqual({ voice, allow });
  });

  it('is answered by the route with the fixed segment, and counts those with a parameter', () => {
    expect(ask('POST', '/api/v1/payments/all')).toEqual({ voice: voices.gateway, allow: ['GET', 'PATCH'] });
    expect(ask('POST', '/api/v1/payments/7')).toEqual({ voice: unowned, allow: ['GET', 'PATCH'] });
  });

  it.each(['/api/v1/unknown/thing', '/api/payments/', '/api/payments/7/more'])('does not make %s exist', (url) => {
    expect(ask('GET', url)).not.toHaveProperty('allow');
  });
});

it('blames no method where the router could not read the address', () => {
  expect(ask('PUT', '/api/payments/%zz')).toEqual({ voice: voices.envelope });
  expect(ask('GET', '/api/v1/payments/%zz')).toEqual({ voice: voices.traced });
});

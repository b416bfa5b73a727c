import { BadRequestException, ForbiddenException, HttpException, NotFoundException, ServiceUnavailableException } from '@nestjs/common';
import { Conflict } from '../fault/fault.js';
import { problemOf } from './problem.js';
import { voices } from './voices.js';

describe('what is thrown', () => {
  it('is told as it stands if it is a fault, in the words and with the status of the surface', () => {
    const fault = new Conflict('Somebody moved first', { context: { id: 7 }, outcome: 'none', cause: 'secret' });
    const told = { kind: 'conflict', code: 'conflict', message: 'Somebody moved first', context: { id: 7 }, outcome: 'none' };
    expect(problemOf(fault, voices.traced)).toEqual({ status: 409, ...told });
    expect(problemOf(fault, voices.bare)).toEqual({ status: 400, ...told });
  });

  it.each([
    [new NotFoundException('Cannot GET /x'), { status: 404, kind: 'not_found', code: 'not_found', message: 'Not found' }],
    [new ForbiddenException(), { status: 403, kind: 'forbidden', code: 'forbidden', message: 'Access denied' }],
    [new BadRequestException('id is bad'), { status: 400, kind: 'invalid', code: 'validation_failed', message: 'id is bad' }],
    [new HttpException('too long', 414), { status: 400, kind: 'invalid', code: 'validation_failed', message: 'too long' }],
  ])("becomes a problem if it is the framework's: %s", (error, problem) => {
    expect(problemOf(error, voices.traced)).toEqual({ ...problem, context: {} });
  });

  it.each([
    ['a bug', new TypeError('secret')],
    ['an error of a client library', Object.assign(new Error('secret'), { statusCode: 404, status: 404 })],
    ['a 503 of the framework', new ServiceUnavailableException('secret')],
    ['no error at all', undefined],
    ['text', 'secret'],
  ])('loses its message if it is %s', (_case, error) => {
    expect(problemOf(error, voices.store)).toEqual({
      status: 500,
      kind: 'internal',
      code: 'internal_error',
      message: 'Internal server error',
      context: {},
    });
  });
});

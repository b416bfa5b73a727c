import { HttpException } from '@nestjs/common';
import { Fault, type FaultKind, statusOf } from '../fault/fault.js';
import type { Problem, Voice } from './voices.js';

type Untraced = Omit<Problem, 'traceId'>;
interface Meaning {
  readonly kind: FaultKind;
  readonly code: string;
  readonly message?: string;
}
const unreadable: Meaning = { kind: 'invalid', code: 'validation_failed' };
const byStatus: Readonly<Record<number, Meaning>> = {
  403: { kind: 'forbidden', code: 'forbidden', message: 'Access denied' },
  404: { kind: 'not_found', code: 'not_found', message: 'Not found' },
  405: { kind: 'method_not_allowed', code: 'method_not_allowed' },
  413: { kind: 'too_large', code: 'too_large', message: 'Request body is too large' },
  415: { kind: 'unsupported_media', code: 'unsupported_media_type', message: 'Unsupported Media Type' },
};
const crash: Untraced = { status: 500, kind: 'internal', code: 'internal_error', message: 'Internal server error', context: {} };

/** Anything thrown, as a problem in the surface's own words. Errors of the framework become faults by status; a bug loses its message. */
export function problemOf(error: unknown, voice: Voice): Untraced {
  const problem = plain(error);
  const wording = voice.wording[problem.code] ?? {};
  return { ...problem, ...wording };
}

function plain(error: unknown): Untraced {
  if (error instanceof Fault) {
    const { kind, code, message, context, outcome } = error;
    return { status: statusOf[kind], kind, code, message, context, ...(outcome && { outcome }) };
  }
  // Only the framework's own: an error of a client library may carry the status that the library was answered with.
  if (!(error instanceof HttpException) || error.getStatus() >= 500) return crash;
  const { kind, code, message = error.message } = byStatus[error.getStatus()] ?? unreadable;
  return { status: statusOf[kind], kind, code, message, context: {} };
}

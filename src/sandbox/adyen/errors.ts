import { type Answer, Refused } from '../engine/wire.js';

type ErrorType = 'validation' | 'security' | 'internal';

export const adyenError = (status: number, errorCode: string, message: string, errorType: ErrorType): Answer => ({
  status,
  body: { status, errorCode, message, errorType },
});

/** Nothing is started for such a request, so its key is free. */
export const invalid = (errorCode: string, message: string): Refused =>
  new Refused(adyenError(422, errorCode, message, 'validation'), false);

/** The codes of refusals that are no refused payments. */
export const adyenErrorCodes = ['000', '100', '130', '137', '138', '14_030', '167', '702', '704', '800', '901'] as const;

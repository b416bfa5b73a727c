import { type Answer, Refused } from '../engine/wire.js';

/** Every code of a refusal that is no refused payment. */
export const adyenErrorCodes = ['000', '100', '130', '137', '138', '14_030', '167', '702', '704', '800', '901'] as const;
export type AdyenErrorCode = (typeof adyenErrorCodes)[number];

type ErrorType = 'validation' | 'security' | 'internal';

export const adyenError = (status: number, errorCode: AdyenErrorCode, message: string, errorType: ErrorType): Answer => ({
  status,
  body: { status, errorCode, message, errorType },
});

/** Nothing is started for such a request, so its key is free. */
export const invalid = (errorCode: AdyenErrorCode, message: string): Refused =>
  new Refused(adyenError(422, errorCode, message, 'validation'), false);

import { SetMetadata } from '@nestjs/common';

export const UNREPEATABLE = 'payops:unrepeatable';

/** The answer must not be stored, so a key is not honoured here; and why. */
export const Unrepeatable = (why: string): MethodDecorator => SetMetadata(UNREPEATABLE, why);

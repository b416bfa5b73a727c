import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { ValidationFailed } from '../fault/common-faults.js';
import type { FieldProblem } from '../fault/fault.js';

/** A body that was left out is one without fields; null is a wrong body. */
class BodyValidationPipe extends ValidationPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (value === null && metadata.type === 'body' && this.toValidate(metadata))
      throw new ValidationFailed([{ field: '', message: 'the body must be an object' }]);
    return super.transform(value, metadata);
  }
}

/** Reads a DTO, refusing fields it does not have; every unreadable field is named in the answer. */
export const validationPipe = (): ValidationPipe =>
  new BodyValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
    exceptionFactory: (errors) => new ValidationFailed(errors.flatMap((error) => problems(error, ''))),
  });

function problems(error: ValidationError, prefix: string): FieldProblem[] {
  const field = `${prefix}${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => problems(child, `${field}.`))];
}

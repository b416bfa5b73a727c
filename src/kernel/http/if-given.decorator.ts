import { ValidateIf } from 'class-validator';

/** For a field that may be left out. Unlike with `IsOptional`, a null is not taken for absent: it is refused as any other wrong value. */
export const IfGiven = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

import { z } from 'zod';

export interface VariableNote {
  readonly description: string;
  readonly allowed: string;
  /** The value, or a part of it, must never reach a message or a log. */
  readonly secret?: boolean;
}

export const variableNotes = z.registry<VariableNote>();

export function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));
}

export function wholeNumberNote(description: string, min: number, max: number): VariableNote {
  return { description, allowed: `a whole number from ${min} to ${max}` };
}

import { applyDecorators, HttpCode, SetMetadata, type Type } from '@nestjs/common';
import type { Fault } from '../fault/fault.js';
import type { DialectName } from './voices.js';

export const DIALECT = 'payops:dialect';
export const ANSWERS = 'payops:answers';
export const FAILS = 'payops:fails';
export const UNDRESSED = 'payops:undressed';

/** A published shape: a class whose properties are documented, made from a domain value by `of`. */
export interface View<Domain = never> extends Type {
  of(value: Domain): unknown;
}
export interface Answer {
  readonly view?: View;
  readonly status: number;
  /** The sentence of the answer, where the surface publishes one. */
  readonly says?: string;
  /**
   * `page`: the handler returns a `Page`, answered as its items with `meta.page`; `list`: an array; `stream`: a `StreamableFile` of
   * Server-Sent Events with the view as their data, which goes out as it is.
   */
  readonly shape: 'one' | 'list' | 'page' | 'stream';
}

/** Which surface's voice a controller speaks with. */
export const Dialect = (name: DialectName): ClassDecorator => SetMetadata(DIALECT, name);

/**
 * What a handler answers with. Handlers return domain values; the view is applied on the way out, so that a replay of a
 * stored outcome is dressed exactly as the first answer was.
 */
export function Answers(view: View | null, options: Partial<Omit<Answer, 'view'>> = {}): MethodDecorator {
  const answer: Answer = { status: 200, shape: 'one', ...options, ...(view && { view }) };
  return applyDecorators(HttpCode(answer.status), SetMetadata(ANSWERS, answer));
}

/** A fault class a handler may answer with; documentation reads code, kind and example message from an instance. */
export type FaultExample = () => Fault;
export const Fails = (...examples: FaultExample[]): MethodDecorator => SetMetadata(FAILS, examples);

/** The answer goes out as it is, on purpose. */
export const Undressed = (): MethodDecorator & ClassDecorator => SetMetadata(UNDRESSED, true);

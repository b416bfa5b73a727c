import { Fault } from '../kernel/fault/fault.js';
import type { Route } from '../kernel/http/routes.js';
import { validationPipe } from '../kernel/http/validation.js';
import { type Dto, dtosOf } from './dtos.js';

const pipe = validationPipe();

/** How a handler's DTOs refuse a request that lacks its first field, or else one with a field they do not know. */
export async function refusalsOf(route: Route, body: unknown): Promise<Fault[]> {
  const [, ...rest] = Object.entries(body ?? {});
  const refusals = dtosOf(route).map(async ({ from, type }) => {
    const lacking = from === 'body' ? Object.fromEntries(rest) : {};
    return (await refusalOf({ from, type }, lacking)) ?? refusalOf({ from, type }, { unknown: 'text' });
  });
  return (await Promise.all(refusals)).flatMap((refusal) => refusal ?? []);
}

async function refusalOf({ from, type }: Dto, request: unknown): Promise<Fault | undefined> {
  try {
    await pipe.transform(request, { type: from, metatype: type });
    return undefined;
  } catch (refusal) {
    if (refusal instanceof Fault) return refusal;
    throw refusal;
  }
}

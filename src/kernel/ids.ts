import { ObjectId } from 'mongodb';
import { uuidv7 } from 'uuidv7';

/** What an id stands for, by the prefix it carries on the wire. */
export type IdPrefix =
  'usr' | 'ten' | 'ses' | 'evt' | 'aud' | 'key' | 'job' | 'rec' | 'rul' | 'int' | 'apr' | 'fil' | 'dlv' | 'whk' | 'prv' | 'str' | 'ref';

export type Id<Prefix extends IdPrefix> = `${Prefix}_${string}` & { readonly __brand: Prefix };
export type ObjectIdHex = string & { readonly __brand: 'ObjectIdHex' };

/** Ids sort by the time they were made, so that an index over them grows at one end. */
export function newId<Prefix extends IdPrefix>(prefix: Prefix): Id<Prefix> {
  return `${prefix}_${uuidv7()}` as Id<Prefix>;
}

export function objectIdHex(): ObjectIdHex {
  return new ObjectId().toHexString() as ObjectIdHex;
}

/** How the gateway calls a user: `user_` and the last twelve hex digits of the user's id. */
export const gatewayUserId = (userId: string): string => `user_${userId.slice(-12)}`;

/** Stricter than the driver's own check, which takes any text of twelve bytes. */
export function isObjectIdHex(text: unknown): text is ObjectIdHex {
  return typeof text === 'string' && /^[0-9a-f]{24}$/i.test(text);
}

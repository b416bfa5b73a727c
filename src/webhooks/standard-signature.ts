import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Signatures of the Standard Webhooks scheme (https://www.standardwebhooks.com), version 1: HMAC-SHA256 over id, time and body. */
const prefix = 'whsec_';
const secretBytes = 32;
/** How far the sender's clock may be away, to either side. */
const toleranceSeconds = 300;

export const newSigningSecret = (): string => prefix + randomBytes(secretBytes).toString('base64');

/** The headers of a message; several secrets sign it while one is being changed for another. */
export function signStandard(secrets: readonly string[], id: string, at: Date, body: string): Record<string, string> {
  const timestamp = Math.floor(at.getTime() / 1000);
  const signatures = secrets.map((secret) => `v1,${mac(secret, id, timestamp, body).toString('base64')}`);
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signatures.join(' ') };
}

/** The message's id, or null where nothing proves that one of the secrets signed these bytes within the last minutes. */
export function verifyStandard(secrets: readonly string[], headers: IncomingHttpHeaders, body: Buffer, now: Date): string | null {
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': given } = headers;
  if (typeof id !== 'string' || typeof time !== 'string' || typeof given !== 'string') return null;
  if (!/^[\x21-\x7e]{1,255}$/.test(id) || !/^\d{1,12}$/.test(time)) return null;
  const timestamp = Number(time);
  if (Math.abs(now.getTime() / 1000 - timestamp) > toleranceSeconds) return null;
  const entries = given.split(' ');
  // A header that came twice is joined with commas, and is none that a sender makes.
  if (!entries.every((entry) => /^v\w{1,3},[\w+/=]*$/.test(entry))) return null;
  const signatures = entries.flatMap((entry) => (entry.startsWith('v1,') ? [Buffer.from(entry.slice(3))] : []));
  const expected = secrets.map((secret) => Buffer.from(mac(secret, id, timestamp, body).toString('base64')));
  return signatures.some((signature) => expected.some((one) => isSame(signature, one))) ? id : null;
}

const isSame = (given: Buffer, expected: Buffer): boolean => given.length === expected.length && timingSafeEqual(given, expected);

function mac(secret: string, id: string, timestamp: number, body: string | Buffer): Buffer {
  const key = Buffer.from(secret.slice(prefix.length), 'base64');
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}

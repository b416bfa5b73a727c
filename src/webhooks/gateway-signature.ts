import { createHmac, timingSafeEqual } from 'node:crypto';
import { pythonJson } from './python-json.js';

const utf8 = new TextDecoder();
const spelled = /^[0-9a-f]{64}$/;

/** The gateway's `X-Signature`: lower-case hex HMAC-SHA256 of the text under the user's whole secret. */
export const signGateway = (secret: string, text: string | Buffer): string => createHmac('sha256', secret).update(text).digest('hex');

/** The text over which the published verifier makes its signature. @throws SyntaxError where the body is no JSON */
export const printedAgain = (body: Buffer): string => pythonJson(utf8.decode(body));

/** Whether the secret signed this JSON body: as the published verifier prints it again, or byte for byte. */
export function verifyGateway(secret: string, signature: unknown, body: Buffer): boolean {
  if (typeof signature !== 'string' || !spelled.test(signature)) return false;
  const given = Buffer.from(signature, 'hex');
  const expected = [printedAgain(body), body].map((text) => Buffer.from(signGateway(secret, text), 'hex'));
  return expected.filter((one) => timingSafeEqual(given, one)).length > 0;
}

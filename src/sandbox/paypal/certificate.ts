import { createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';

// Just enough DER for one self-signed certificate, which Node reads but does not make.
const tlv = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
};

function lengthOf(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.from([bytes]);
  const digits = Buffer.from(bytes.toString(16).padStart(bytes < 0x100 ? 2 : 4, '0'), 'hex');
  return Buffer.concat([Buffer.from([0x80 | digits.length]), digits]);
}

const sequence = (...parts: readonly Buffer[]) => tlv(0x30, ...parts);
const sha256WithRsa = sequence(Buffer.from('06092a864886f70d01010b', 'hex'), Buffer.from('0500', 'hex'));
const commonName = Buffer.from('0603550403', 'hex');
const version3 = Buffer.from('a003020102', 'hex');
const validYears = 20;

const nameOf = (name: string) => sequence(tlv(0x31, sequence(commonName, tlv(0x0c, Buffer.from(name)))));
const timeOf = (time: Date) => tlv(0x18, Buffer.from(`${time.toISOString().replace(/\D/g, '').slice(0, 14)}Z`));
const yearsAfter = (time: Date, years: number) => new Date(Date.UTC(time.getUTCFullYear() + years, 0, 1));

/** In PEM. */
export function selfSigned(privateKey: KeyObject, name: string, now: Date): string {
  // The first bit is the sign, the second keeps the number from beginning with a zero byte.
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const publicKey = createPublicKey(privateKey.export({ type: 'pkcs8', format: 'pem' })).export({ type: 'spki', format: 'der' });
  const validity = sequence(timeOf(yearsAfter(now, -1)), timeOf(yearsAfter(now, validYears)));
  const content = sequence(version3, tlv(0x02, serial), sha256WithRsa, nameOf(name), validity, nameOf(name), publicKey);
  const signature = tlv(0x03, Buffer.from([0]), sign('sha256', content, privateKey));
  const lines =
    sequence(content, sha256WithRsa, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

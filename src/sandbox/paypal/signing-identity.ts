import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign, verify, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { selfSigned } from './certificate.js';

const keyBits = 2048;

/** The key that the simulated PayPal signs with, made once and kept, and its certificate. */
export class SigningIdentity {
  readonly certificatePem: string;
  readonly certificateId: string;
  private readonly key: KeyObject;

  constructor(directory: string, now: Date) {
    const [keyPath, certificatePath] = [join(directory, 'paypal.key'), join(directory, 'paypal.crt')];
    // The certificate is written last: with it, both are there.
    if (!existsSync(certificatePath)) {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: keyBits });
      keep(keyPath, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
      keep(certificatePath, selfSigned(privateKey, 'messageverificationcerts.sandbox.invalid', now));
    }
    this.key = createPrivateKey(readFileSync(keyPath, 'utf8'));
    this.certificatePem = readFileSync(certificatePath, 'utf8');
    this.certificateId = `CERT-${createHash('sha256').update(this.certificatePem).digest('hex').slice(0, 24)}`;
  }

  sign(text: string): string {
    return sign('sha256', Buffer.from(text), this.key).toString('base64');
  }

  verify(text: string, signature: string): boolean {
    return verify('sha256', Buffer.from(text), new X509Certificate(this.certificatePem).publicKey, Buffer.from(signature, 'base64'));
  }
}

function keep(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

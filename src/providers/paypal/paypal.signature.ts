import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import { Deadline } from '../deadline.js';
import { ProviderHttp } from '../provider-http.js';

const hosts = new Set(['api.paypal.com', 'api.sandbox.paypal.com']);
const certificatesPath = '/v1/notifications/certs/';
const mostKeys = 20;
/** PayPal sends a webhook again for three days, with the time of the first. */
const oldestMs = 4 * 86_400_000;
const earliestMs = 300_000;
const maxSignatureChars = 1024;

/** Whether PayPal signed a webhook, by its certificate (https://developer.paypal.com/api/rest/webhooks/rest/#link-verifysignature). */
export class PaypalSignatures {
  private readonly keys = new Map<string, KeyObject>();

  constructor(
    private readonly baseUrl: string,
    private readonly webhookId: string,
    private readonly timeoutMs: number,
  ) {}

  async verify(headers: IncomingHttpHeaders, body: Buffer, now: Date): Promise<boolean> {
    const [id, time, signature, url, algorithm] = ['transmission-id', 'transmission-time', 'transmission-sig', 'cert-url', 'auth-algo'].map(
      (name) => headers[`paypal-${name}`],
    );
    if (typeof id !== 'string' || typeof time !== 'string' || typeof signature !== 'string' || typeof url !== 'string') return false;
    if (algorithm !== 'SHA256withRSA' || signature.length > maxSignatureChars || this.webhookId === '') return false;
    const ageMs = now.getTime() - Date.parse(time);
    if (!(ageMs <= oldestMs && ageMs >= -earliestMs)) return false;
    const key = await this.keyAt(url);
    if (key?.asymmetricKeyType !== 'rsa') return false;
    const signed = Buffer.from(`${id}|${time}|${this.webhookId}|${crc32(body)}`);
    return verify('sha256', signed, key, Buffer.from(signature, 'base64'));
  }

  private async keyAt(text: string): Promise<KeyObject | undefined> {
    const url = this.trusted(text);
    if (!url) return undefined;
    const known = this.keys.get(url.href);
    if (known) return known;
    const request = { method: 'GET', path: url.pathname + url.search, headers: {} } as const;
    const exchange = await new ProviderHttp(url.origin).send(request, new Deadline(this.timeoutMs));
    const key = exchange.kind === 'answered' && exchange.status === 200 ? readKey(exchange.text) : undefined;
    if (key && this.keys.size < mostKeys) this.keys.set(url.href, key);
    return key;
  }

  /** Whoever may name the certificate may sign, so that only PayPal's own are looked at, or those of the server that is configured. */
  private trusted(text: string): URL | undefined {
    if (!URL.canParse(text)) return undefined;
    const url = new URL(text);
    if (url.username !== '' || url.password !== '') return undefined;
    const { protocol, hostname } = new URL(this.baseUrl);
    const isPaypals = url.protocol === 'https:' && hosts.has(url.host) && url.pathname.startsWith(certificatesPath);
    return isPaypals || (url.protocol === protocol && url.hostname === hostname) ? url : undefined;
  }
}

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}

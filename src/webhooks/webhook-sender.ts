import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { HttpOut, NoReply } from '../kernel/http-out/http-out.js';
import { signGateway } from './gateway-signature.js';
import { GatewaySecrets } from './gateway-secrets.js';
import { signStandard } from './standard-signature.js';
import { type DeliveryTry, readRetryAfter, type WebhookDelivery } from './webhook-delivery.js';
import type { WebhookEndpoint } from './webhook-endpoint.js';
import { WebhookEndpoints } from './webhook-endpoints.service.js';

/** What came of a try. */
export interface Sent extends DeliveryTry {
  readonly retryAfterMs: number;
  /** Where it went, if that was an endpoint. */
  readonly endpoint?: WebhookEndpoint;
  /** There is nobody to send to any more, or nothing to sign with. */
  readonly isPointless?: boolean;
}
interface Letter {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly endpoint?: WebhookEndpoint;
}

/** Signs a message as its receiver expects it, and sends it. */
@Injectable()
export class WebhookSender {
  constructor(
    private readonly http: HttpOut,
    private readonly endpoints: WebhookEndpoints,
    private readonly gatewaySecrets: GatewaySecrets,
    private readonly clock: Clock,
  ) {}

  /** Never throws for what the receiver does or is; null where it was broken off. */
  async send(delivery: WebhookDelivery, signal: AbortSignal): Promise<Sent | null> {
    const at = this.clock.now();
    const { endpointId } = delivery;
    const letter = endpointId ? await this.toEndpoint(delivery, endpointId, at) : await this.toAddress(delivery);
    if (typeof letter === 'string') return { at, ms: 0, status: null, error: letter, retryAfterMs: 0, isPointless: true };
    const { url, headers, endpoint } = letter;
    const begun = performance.now();
    const common = () => ({ at, ms: Math.round(performance.now() - begun), ...(endpoint && { endpoint }) });
    const all = { 'content-type': 'application/json', 'user-agent': 'payops', ...headers };
    try {
      const reply = await this.http.send({ method: 'POST', url, headers: all, body: delivery.body, signal });
      const retryAfterMs = readRetryAfter(reply.headers['retry-after'], this.clock.now());
      return { ...common(), status: reply.status, error: null, retryAfterMs };
    } catch (error) {
      if (!(error instanceof NoReply)) throw error;
      return signal.aborted ? null : { ...common(), status: null, error: error.message, retryAfterMs: 0 };
    }
  }

  private async toEndpoint({ tenantId, messageId, body }: WebhookDelivery, endpointId: string, at: Date): Promise<Letter | string> {
    const endpoint = await this.endpoints.receiver(tenantId, endpointId);
    if (!endpoint) return 'The endpoint was deleted';
    if (!endpoint.enabled) return 'The endpoint is disabled';
    return { url: endpoint.url, headers: signStandard(this.endpoints.secretsOf(endpoint), messageId, at, body), endpoint };
  }

  private async toAddress({ ownerId, url = '', body }: WebhookDelivery): Promise<Letter | string> {
    const secret = await this.gatewaySecrets.of(ownerId);
    return secret === null ? 'There is no secret to sign with' : { url, headers: { 'x-signature': signGateway(secret, body) } };
  }
}

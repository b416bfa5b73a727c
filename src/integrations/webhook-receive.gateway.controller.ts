import { Controller, Headers, Post } from '@nestjs/common';
import { ApiBody, ApiHeader } from '@nestjs/swagger';
import type { IncomingHttpHeaders } from 'node:http';
import { type Actor, ApiKeyReader, may } from '../kernel/actor/actor.js';
import { Public } from '../kernel/actor/allow.decorator.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { AccessDenied, ValidationFailed } from '../kernel/fault/common-faults.js';
import { raise, TooLarge, Unauthenticated } from '../kernel/fault/fault.js';
import { Bytes, TakesBytes } from '../kernel/http/takes-bytes.decorator.js';
import { Unrepeatable } from '../kernel/idempotency/unrepeatable.decorator.js';
import { largestWebhookBytes } from '../webhooks/inbound-webhook.js';
import { WebhookInbox, type WebhookReceipt } from '../webhooks/webhook-inbox.js';
import { InvalidWebhookSignature } from '../webhooks/webhook-source.js';
import { WebhookKeyRefused, WebhookSecretMissing } from './integration.faults.js';
import { GatewayReceiptView } from './integrations.view.js';
import { readWebhookReceive } from './webhook-receive.gateway.dto.js';

const example = { event: 'payment.completed', id: 'txn_0123456789ab', data: { amount: 100.1, status: 'completed' } };
const noKey = () => new ValidationFailed([{ in: 'header', field: 'x-api-key', rule: 'missing', message: 'Field required' }]);

@Dialect('gateway')
@Controller('api/v1/webhook-receive')
export class WebhookReceiveGatewayController {
  constructor(
    private readonly inbox: WebhookInbox,
    private readonly keys: ApiKeyReader,
  ) {}

  /** Takes a webhook that is signed with the secret of the user whose API key it carries. */
  @Post()
  @Public('the API key and the signature prove who sends')
  @Unrepeatable('the same content is the same event')
  @TakesBytes(largestWebhookBytes)
  @ApiHeader({ name: 'X-API-Key', required: true, example: 'PK_LIVE_0123456789ABCDEF' })
  @ApiHeader({ name: 'X-Signature', required: true, description: 'Lower-case hex HMAC-SHA256 of the body.', example: '0'.repeat(64) })
  @ApiBody({ required: true, schema: { type: 'object', example } })
  @Answers(GatewayReceiptView)
  @Fails(
    noKey,
    () => new WebhookKeyRefused(),
    () => new AccessDenied(),
    () => new InvalidWebhookSignature(),
    () => new WebhookSecretMissing(),
    () => new TooLarge('Request body is too large'),
  )
  async receive(@Headers() headers: IncomingHttpHeaders, @Bytes() body: Buffer): Promise<WebhookReceipt> {
    const { userId, tenantId, sessionId: keyId } = await this.callerOf(await readWebhookReceive(headers, body));
    return this.inbox.receive('gateway', { recipient: userId, headers, body, caller: { tenantId, keyId } });
  }

  private async callerOf(key: string): Promise<Actor> {
    const refuse = (error: unknown): never => raise(error instanceof Unauthenticated ? new WebhookKeyRefused() : (error as Error));
    const actor = await this.keys.read(key).catch(refuse);
    return may(actor, 'self', 'payments:write') ? actor : raise(new AccessDenied());
  }
}

import { Controller, Headers, Param, Post } from '@nestjs/common';
import { ApiBody, ApiParam } from '@nestjs/swagger';
import type { IncomingHttpHeaders } from 'node:http';
import { Public } from '../kernel/actor/allow.decorator.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { TooLarge } from '../kernel/fault/fault.js';
import { Bytes, TakesBytes } from '../kernel/http/takes-bytes.decorator.js';
import { Unrepeatable } from '../kernel/idempotency/unrepeatable.decorator.js';
import { largestWebhookBytes } from '../webhooks/inbound-webhook.js';
import { WebhookInbox, type WebhookReceipt } from '../webhooks/webhook-inbox.js';
import { WebhookReceiptView } from '../webhooks/webhook-receipt.view.js';
import { InvalidWebhookSignature } from '../webhooks/webhook-source.js';
import { connectorNames } from './connectors.js';
import { ProviderNotFound } from './provider.faults.js';

@Dialect('traced')
@Controller('api/v1/integrations/webhooks')
export class ProviderWebhooksController {
  constructor(private readonly inbox: WebhookInbox) {}

  /** Takes a webhook of a payment provider, signed as that provider signs; the same event again is taken once. */
  @Post(':connector/:accountId')
  @Public('the signature proves who sends')
  @Unrepeatable('the id of the event is its key')
  @TakesBytes(largestWebhookBytes)
  @ApiParam({ name: 'connector', enum: connectorNames, example: 'stripe' })
  @ApiParam({ name: 'accountId', example: 'prv_0190a1b2-0000-7000-8000-000000000000' })
  @ApiBody({ required: true, schema: { type: 'object', example: { id: 'evt_1', type: 'payment_intent.succeeded' } } })
  @Answers(WebhookReceiptView, { status: 202 })
  @Fails(() => new ProviderNotFound(), () => new InvalidWebhookSignature(), () => new TooLarge('Request body is too large'))
  receive(
    @Param('connector') connector: string,
    @Param('accountId') recipient: string,
    @Headers() headers: IncomingHttpHeaders,
    @Bytes() body: Buffer,
  ): Promise<WebhookReceipt> {
    if (!connectorNames.includes(connector)) throw new ProviderNotFound();
    return this.inbox.receive(connector, { recipient, headers, body });
  }
}

import { Controller, Headers, Param, Post } from '@nestjs/common';
import { ApiBody, ApiHeader } from '@nestjs/swagger';
import type { IncomingHttpHeaders } from 'node:http';
import { Public } from '../kernel/actor/allow.decorator.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { Bytes, TakesBytes } from '../kernel/http/takes-bytes.decorator.js';
import { TooLarge } from '../kernel/fault/fault.js';
import { Unrepeatable } from '../kernel/idempotency/unrepeatable.decorator.js';
import { largestWebhookBytes } from '../webhooks/inbound-webhook.js';
import { WebhookInbox, type WebhookReceipt } from '../webhooks/webhook-inbox.js';
import { WebhookReceiptView } from '../webhooks/webhook-receipt.view.js';
import { InvalidWebhookSignature } from '../webhooks/webhook-source.js';
import { IntegrationNotFound } from './integration.faults.js';

@Dialect('traced')
@Controller('api/v1/integrations/webhooks')
export class WebhookReceiversController {
  constructor(private readonly inbox: WebhookInbox) {}

  /** Takes an event that is signed as Standard Webhooks say; the same event again is taken once. */
  @Post('generic/:integrationId')
  @Public('the signature proves who sends')
  @Unrepeatable('the id of the event is its key')
  @TakesBytes(largestWebhookBytes)
  @ApiHeader({ name: 'webhook-id', required: true, example: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W' })
  @ApiHeader({ name: 'webhook-timestamp', required: true, description: 'Seconds since 1970.', example: '1767434400' })
  @ApiHeader({ name: 'webhook-signature', required: true, example: 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=' })
  @ApiBody({ required: true, schema: { type: 'object', example: { type: 'statement.received' } } })
  @Answers(WebhookReceiptView, { status: 202 })
  @Fails(() => new IntegrationNotFound(), () => new InvalidWebhookSignature(), () => new TooLarge('Request body is too large'))
  receive(
    @Param('integrationId') recipient: string,
    @Headers() headers: IncomingHttpHeaders,
    @Bytes() body: Buffer,
  ): Promise<WebhookReceipt> {
    return this.inbox.receive('generic', { recipient, headers, body });
  }
}

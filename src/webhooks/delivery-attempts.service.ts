import { Injectable } from '@nestjs/common';
import { tenantScope } from '../kernel/actor/scope.js';
import { Clock } from '../kernel/clock.js';
import { failpoint } from '../kernel/failpoints.js';
import { isSuccess, nextTry } from './webhook-delivery.js';
import { WebhookDeliveriesRepository } from './webhook-deliveries.repository.js';
import { WebhookEndpoints } from './webhook-endpoints.service.js';
import { type Sent, WebhookSender } from './webhook-sender.js';

/** An endpoint whose every try has failed for so long is not coming back by itself. */
const longestFailingMs = 5 * 86_400_000;
const GONE = 410;
const brokenOffMs = 1_000;

/** One try of one delivery, and what follows from it. */
@Injectable()
export class DeliveryAttempts {
  constructor(
    private readonly deliveries: WebhookDeliveriesRepository,
    private readonly endpoints: WebhookEndpoints,
    private readonly sender: WebhookSender,
    private readonly clock: Clock,
  ) {}

  /** Resolves with the time of the next try; null where the delivery has ended. */
  async attempt(tenantId: string, id: string, signal: AbortSignal): Promise<Date | null> {
    const delivery = await this.deliveries.find(tenantScope(tenantId), id);
    if (delivery?.state !== 'waiting') return null;
    // Of a worker that was lost after it had written the last try down, the job comes back at once.
    if (delivery.nextTryAt && delivery.nextTryAt > this.clock.now()) return delivery.nextTryAt;
    const sent = await this.sender.send(delivery, signal);
    const now = this.clock.now();
    if (!sent) return new Date(now.getTime() + brokenOffMs);
    await failpoint('webhooks.sent');
    const { at, ms, status, error, isPointless, retryAfterMs } = sent;
    const hasEnded = isSuccess(status) || isPointless === true || status === GONE;
    const next = hasEnded ? null : nextTry(delivery.triesNow + 1, now, retryAfterMs);
    const state = isSuccess(status) ? 'delivered' : next ? 'waiting' : 'failed';
    await this.deliveries.noteTry(delivery, { at, ms, status, error }, { state, nextTryAt: next });
    await this.noteHealth(sent);
    return next;
  }

  private async noteHealth({ endpoint, at, status }: Sent): Promise<void> {
    if (!endpoint) return;
    const { failingSince } = endpoint;
    if (isSuccess(status)) {
      if (failingSince) await this.endpoints.noteFailing(endpoint, null);
    } else if (status === GONE) await this.endpoints.disable(endpoint, 'gone');
    else if (!failingSince) await this.endpoints.noteFailing(endpoint, at);
    else if (at.getTime() - failingSince.getTime() >= longestFailingMs) await this.endpoints.disable(endpoint, 'failing');
  }
}

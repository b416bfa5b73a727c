import type { DeliveryState, DeliveryTry, WebhookDelivery } from './webhook-delivery.js';
import type { DisabledReason, WebhookEndpoint } from './webhook-endpoint.js';
import type { ShownEndpoint } from './webhook-endpoints.service.js';

const iso = (date: Date | null | undefined): string | null => date?.toISOString() ?? null;

export class WebhookEndpointView {
  /** @example "whk_0190a1b2-0000-7000-8000-000000000000" */
  id: string;
  /** @example "https://example.com/hooks" */
  url: string;
  /** @example "Order system" */
  description: string;
  /** @example ["payment.completed", "credits.*"] */
  eventTypes: string[];
  /** @example true */
  enabled: boolean;
  /** Who or what disabled it: a person who asked for it, its own answer 410, or days of failures. */
  disabledReason: DisabledReason | null;
  /** Since when every try has failed. */
  failingSince: string | null;
  /** Until when the secret before the present one signs as well. */
  overlapEnds: string | null;
  /** Whose it is: of a merchant's it gets what is about the merchant. @example "usr_0190a1b2-0000-7000-8000-000000000000" */
  ownerId: string;
  /** @example "2026-01-03T10:00:00.000Z" */
  createdAt: string;
  /** @example "2026-01-03T10:00:00.000Z" */
  updatedAt: string;

  static of(endpoint: WebhookEndpoint): WebhookEndpointView {
    const { _id, url, description, eventTypes, enabled, disabledReason, failingSince, secrets, ownerId, createdAt, updatedAt } = endpoint;
    return {
      id: _id,
      url,
      description,
      eventTypes: [...eventTypes],
      enabled,
      disabledReason,
      failingSince: iso(failingSince),
      overlapEnds: iso(secrets[1]?.until),
      ownerId,
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    };
  }
}
export class ShownEndpointView {
  endpoint: WebhookEndpointView;
  /** Signs every message (Standard Webhooks); nobody can be shown it again. @example "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw8vVvC4kAaBc=" */
  secret: string;

  static of({ endpoint, secret }: ShownEndpoint): ShownEndpointView {
    return { endpoint: WebhookEndpointView.of(endpoint), secret };
  }
}
export class DeliveryTryView {
  /** @example "2026-01-03T10:00:00.000Z" */
  at: string;
  /** What the receiver answered; null where it did not. */
  status: number | null;
  /** Why there was no answer. */
  error: string | null;
  /** From the look-up of the name to the end of the answer. @example 84 */
  ms: number;

  static of({ at, status, error, ms }: DeliveryTry): DeliveryTryView {
    return { at: at.toISOString(), status, error, ms };
  }
}
export class WebhookDeliveryView {
  /** @example "dlv_0190a1b2-0000-7000-8000-000000000000" */
  id: string;
  /** Null where a charge named its own address. */
  endpointId: string | null;
  /** That address. */
  url: string | null;
  /** The message's id, the same at every try and replay. @example "evt_0190a1b2-0000-7000-8000-000000000000" */
  messageId: string;
  /** @example "payment.completed" */
  eventType: string;
  /** One of waiting, delivered, failed. @example "delivered" */
  state: DeliveryState;
  /** Exactly what is sent. */
  body: string;
  /** Oldest first. */
  tries: DeliveryTryView[];
  /** When it is tried the next time. */
  nextTryAt: string | null;
  /** @example "2026-01-03T10:00:00.000Z" */
  createdAt: string;

  static of({
    _id,
    endpointId,
    url,
    messageId,
    eventType,
    state,
    body,
    tries,
    nextTryAt,
    createdAt,
  }: WebhookDelivery): WebhookDeliveryView {
    return {
      id: _id,
      endpointId: endpointId ?? null,
      url: url ?? null,
      messageId,
      eventType,
      state,
      body,
      tries: tries.map((one) => DeliveryTryView.of(one)),
      nextTryAt: iso(nextTryAt),
      createdAt: createdAt.toISOString(),
    };
  }
}
export class ReplayedView {
  /** How many deliveries are sent again; at most 1,000 a request, the oldest first. @example 12 */
  replayed: number;

  static of(replayed: number): ReplayedView {
    return { replayed };
  }
}

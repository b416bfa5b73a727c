import type { WebhookReceipt } from './webhook-inbox.js';

export class WebhookReceiptView {
  /** @example "inb_3f1b5d0e6c2a4b7988d1e0f5a6b7c8d9e0f1a2b3" */
  id: string;
  /** It had come before, and was not taken a second time. @example false */
  duplicate: boolean;

  static of({ id, isDuplicate }: WebhookReceipt): WebhookReceiptView {
    return { id, duplicate: isDuplicate };
  }
}

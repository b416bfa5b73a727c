import { Injectable } from '@nestjs/common';
import { failpoint } from '../kernel/failpoints.js';
import type { FlowPayment } from './flow-payment.js';
import { FlowWriter } from './flow-writer.js';
import { answered, named } from './lifecycle.js';
import { ProviderCalls } from './provider-calls.js';

/** Takes a payment to a provider and writes what it answers; and on to the next one, where that may be. */
@Injectable()
export class FlowDriver {
  constructor(
    private readonly calls: ProviderCalls,
    private readonly writer: FlowWriter,
  ) {}

  /** The operation that was just written, by whoever wrote it. Resolves when nobody is to be asked any more for now. */
  async drive(payment: FlowPayment): Promise<FlowPayment> {
    let [current, key] = [payment, ''];
    for (;;) {
      const { operation } = current.flow;
      if (operation?.phase !== 'sent' || operation.key === key) return current;
      key = operation.key;
      current = await this.operate(current, false);
    }
  }

  /** Once more, with the key of the first time; and on. */
  async repeat(payment: FlowPayment): Promise<FlowPayment> {
    return this.drive(await this.operate(payment, true));
  }

  private async operate(payment: FlowPayment, isRepeat: boolean): Promise<FlowPayment> {
    const { operation } = payment.flow;
    if (!operation) return payment;
    const { key } = operation;
    const remember = async (providerId: string) => {
      await this.writer.tell(payment, (current) => named(current, key, providerId));
      await failpoint('payments.remembered');
    };
    const { outcome, latencyMs } = await this.calls.operate(payment, operation, isRepeat, remember);
    await failpoint('payments.answered');
    const timed = isRepeat ? {} : { latencyMs };
    const after = await this.writer.tell(payment, (current, moment) => answered(current, { key, outcome, ...timed }, moment));
    await failpoint('payments.settled');
    return after ?? payment;
  }
}

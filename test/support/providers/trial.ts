import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Money } from '../../../src/kernel/money/money.js';
import type {
  Authorization,
  Capture,
  ConnectorOptions,
  Followup,
  Outcome,
  PaymentProvider,
  ProviderPayment,
  Refund,
} from '../../../src/providers/payment-provider.js';
import type { Bench, Books } from './bench.js';
import { watched } from './watched.js';

export interface Check {
  readonly name: string;
  run(bench: Bench): Promise<void>;
}

/** Long enough for what is going well on a busy machine. */
const patientMs = 20_000;
/** For what is going to be waited out. */
const hurriedMs = 2_500;

/** One payment of its own at a bench. */
export class Trial {
  readonly reference = `pay_${randomUUID()}`;
  readonly provider: PaymentProvider;
  /** What the connector has asked to be remembered. */
  remembered: string | undefined;

  constructor(readonly bench: Bench) {
    this.provider = this.connect({ timeoutMs: patientMs });
  }

  connect(change: Partial<ConnectorOptions>): PaymentProvider {
    // Those that are there to be known of everybody are no secrets.
    const secrets = Object.values({ ...this.bench.credentials, ...change.credentials }).filter((value) => value.length >= 16);
    return watched(this.bench.connect(change), secrets, change.timeoutMs ?? patientMs);
  }

  /** One that does not wait long, and has done already what it does but once. */
  async hurried(): Promise<PaymentProvider> {
    const provider = this.connect({ timeoutMs: hurriedMs });
    await provider.query({ reference: this.reference, providerId: 'none' });
    return provider;
  }

  money(minor: number): Money {
    return Money.of(minor, this.bench.currency);
  }

  authorization(minor: number, given: Partial<Authorization> = {}): Authorization {
    return {
      reference: this.reference,
      idempotencyKey: randomUUID(),
      amount: this.money(minor),
      capture: 'now',
      method: this.bench.approved,
      customer: { name: 'Ada Byron', email: 'ada@example.com', country: 'GB' },
      returnUrl: 'https://shop.example.com/return',
      remember: async (providerId) => void (this.remembered = providerId),
      ...given,
    };
  }

  followup({ providerId }: ProviderPayment): Followup {
    return { reference: this.reference, providerId, idempotencyKey: randomUUID() };
  }

  capture(payment: ProviderPayment, minor: number): Capture {
    return { ...this.followup(payment), amount: this.money(minor) };
  }

  refund(payment: ProviderPayment, minor: number): Refund {
    return { ...this.followup(payment), amount: this.money(minor), refundReference: `ref_${randomUUID()}` };
  }

  async authorized(minor: number, capture: Authorization['capture'] = 'later'): Promise<ProviderPayment> {
    return paid(await this.provider.authorize(this.authorization(minor, { capture })));
  }

  async captured(minor: number): Promise<ProviderPayment> {
    return this.authorized(minor, 'now');
  }

  async books(): Promise<Books> {
    const books = await this.bench.books(this.reference);
    assert.ok(books, 'The other end has nothing of it');
    return books;
  }

  /** Whether what is said is what the books hold; of a provider that cannot be asked, no more than they hold. */
  async agrees(said: ProviderPayment): Promise<void> {
    const books = await this.books();
    assert.equal(said.reference, this.reference, 'It is about another payment');
    assert.equal(said.providerId, books.providerId, 'It has another name');
    if (said.currency !== 'XXX') assert.equal(said.currency, books.currency, 'The currency is not the provider’s');
    const isAsked = this.provider.capabilities.resolvedBy === 'query';
    const pendingMinor = said.refunds.reduce((sum, { state, amountMinor }) => (state === 'pending' ? sum + amountMinor : sum), 0);
    const pairs = {
      authorizedMinor: [said.authorizedMinor, books.isVoided ? 0 : books.authorizedMinor],
      capturedMinor: [said.capturedMinor, books.capturedMinor],
      // Where nothing can be asked, what is pending may have come to nothing since.
      refundedMinor: [isAsked ? said.refundedMinor : said.refundedMinor - pendingMinor, books.refundedMinor],
    } as const;
    for (const [name, [told, held]] of Object.entries(pairs)) {
      if (isAsked) assert.equal(told, held, `${name} is not the provider’s`);
      else assert.ok(told <= held, `${name} is more than the provider’s`);
    }
  }
}

export function paid(outcome: Outcome): ProviderPayment {
  assert.ok(outcome.outcome === 'applied', `It should be applied, and is ${JSON.stringify(outcome)}`);
  return outcome.payment;
}

export function refused(outcome: Outcome): string {
  assert.ok(outcome.outcome === 'none', `It should be none, and is ${JSON.stringify(outcome)}`);
  return outcome.decline.category;
}

export function unclear(outcome: Outcome): void {
  assert.equal(outcome.outcome, 'unknown', `It should be unknown, and is ${JSON.stringify(outcome)}`);
}

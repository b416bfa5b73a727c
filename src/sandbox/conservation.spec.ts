import fc from 'fast-check';
import { scale } from '../../test/support/random.js';
import {
  adyenHeaders,
  adyenPayment,
  formOf,
  paypalCard,
  paypalHeaders,
  paypalOrder,
  type Reply,
  startTestSandbox,
  stripeHeaders,
  stripePayment,
  type TestSandbox,
} from '../../test/support/sandbox.js';
import type { BookEntry } from './engine/books.js';
import type { ProviderName } from './engine/settings.js';

type Kind = 'pay' | 'hold' | 'capture' | 'void' | 'refund';
/** What a client asks for: of the n-th payment, so much, with this key. */
interface Command {
  readonly kind: Kind;
  readonly payment: number;
  readonly amount: number;
  readonly key: number;
}
interface Sent {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const payments = 2;
/** Something to work on. */
const first: readonly Command[] = [
  { kind: 'pay', payment: 0, amount: 1200, key: 100 },
  { kind: 'hold', payment: 1, amount: 1200, key: 101 },
];
const command: fc.Arbitrary<Command> = fc.record({
  kind: fc.constantFrom<Kind>('pay', 'hold', 'capture', 'capture', 'void', 'refund', 'refund'),
  payment: fc.nat(payments - 1),
  // Often what is just possible, or just not.
  amount: fc.oneof(fc.constantFrom(1, 400, 401, 800, 1199, 1200, 1201), fc.integer({ min: 1, max: 1500 })),
  key: fc.nat(30),
});
const faults = fc.subarray([
  'http500_after',
  'rate_limit',
  'conflict',
  'malformed',
  'reset_before',
  'reset_after',
  'wrong_amount',
] as const);

let bench: TestSandbox;
let paypal: Readonly<Record<string, string>>;
beforeAll(async () => {
  bench = await startTestSandbox();
  paypal = await paypalHeaders(bench);
});
afterAll(() => bench.close());

const usd = (minor: number) => ({ currency_code: 'USD', value: (minor / 100).toFixed(2) });
const referenceOf = (payment: number) => `payment ${payment}`;

/** Each provider's request for a command; what is to be done with a payment that is not there is asked all the same. */
const requests: Readonly<Record<ProviderName, (command: Command, ids: readonly string[]) => Sent>> = {
  stripe: ({ kind, payment, amount, key }, ids) => {
    const headers = { ...stripeHeaders, 'idempotency-key': `${key}` };
    const id = ids[0] ?? 'pi_none';
    const hold = { ...stripePayment(referenceOf(payment)), ...(kind === 'hold' && { capture_method: 'manual' }) };
    if (kind === 'pay' || kind === 'hold') return { path: '/v1/payment_intents', headers, body: formOf(hold) };
    if (kind === 'refund') return { path: '/v1/refunds', headers, body: formOf({ payment_intent: id, amount: String(amount) }) };
    const isCapture = kind === 'capture';
    const body = isCapture ? formOf({ amount_to_capture: String(amount) }) : '';
    return { path: `/v1/payment_intents/${id}/${isCapture ? 'capture' : 'cancel'}`, headers, body };
  },
  paypal: ({ kind, payment, amount, key }, [authorization = 'NONE', capture = 'NONE']) => {
    // At another path it would be another one, which is not what the books are held to.
    const headers = { ...paypal, 'paypal-request-id': `${key} ${kind} ${capture}` };
    const path = '/paypal/v2/payments';
    const order = paypalOrder(referenceOf(payment), '12.00', 'USD', kind === 'hold' ? 'AUTHORIZE' : 'CAPTURE');
    if (kind === 'pay' || kind === 'hold') return { path: '/paypal/v2/checkout/orders', headers, body: { ...order, ...paypalCard() } };
    if (kind === 'refund') return { path: `${path}/captures/${capture}/refund`, headers, body: { amount: usd(amount) } };
    const body = kind === 'capture' ? { amount: usd(amount) } : {};
    return { path: `${path}/authorizations/${authorization}/${kind}`, headers, body };
  },
  adyen: ({ kind, payment, amount, key }, [psp = 'NONE']) => {
    const headers = { ...adyenHeaders, 'idempotency-key': `${key}` };
    const path = '/adyen/v71/payments';
    const manual = kind === 'hold' && { additionalData: { manualCapture: 'true' } };
    if (kind === 'pay' || kind === 'hold') return { path, headers, body: { ...adyenPayment(referenceOf(payment)), ...manual } };
    const names = { capture: 'captures', refund: 'refunds', void: 'reversals' };
    const of = kind === 'void' ? {} : { amount: { value: amount, currency: 'USD' } };
    return { path: `${path}/${psp}/${names[kind]}`, headers, body: { merchantAccount: 'TestMerchant', reference: 'r', ...of } };
  },
};

/** The ids by which a payment that exists is captured and refunded. */
function idsOf(books: readonly BookEntry[], payment: number): readonly string[] {
  const entry = books.find(({ reference }) => reference === referenceOf(payment));
  if (!entry) return [];
  if (entry.provider !== 'paypal') return [entry.providerId];
  const lastOf = (kind: string) => entry.movements.filter((one) => one.kind === kind).at(-1)?.id;
  return [lastOf('authorization') ?? 'NONE', lastOf('capture') ?? 'NONE'];
}

const post = ({ path, ...asked }: Sent): Promise<Reply | null> => bench.request('POST', path, asked).catch(() => null);
const settle = () => bench.request('POST', '/sandbox/providers/adyen/settle');
const isAnswered = (reply: Reply | null): reply is Reply => reply !== null && reply.status < 500;

/** The books, which are in order. */
async function conserved(): Promise<readonly BookEntry[]> {
  const books = await bench.books();
  for (const { authorized, captured, refunded, isVoided, movements } of books) {
    expect(captured).toBeLessThanOrEqual(authorized);
    expect(refunded).toBeLessThanOrEqual(captured);
    expect(isVoided && captured > 0).toBe(false);
    const effects = movements.map(({ kind, key }) => `${kind} ${key}`);
    expect(new Set(effects).size).toBe(effects.length);
  }
  return books;
}

it.each(['stripe', 'paypal', 'adyen'] as const)('%s makes no money and loses none, and does nothing twice', async (provider) => {
  const run = async (commands: readonly Command[], kinds: readonly string[]) => {
    await bench.reset();
    await bench.turn(provider, { settleMs: 600_000, faults: kinds.map((kind) => ({ kind, share: 0.2 })) });
    const sent: Sent[] = [];
    let books: readonly BookEntry[] = [];
    for (const one of [...first, ...commands]) {
      const request = requests[provider](one, idsOf(books, one.payment));
      sent.push(request);
      await post(request);
      if (provider === 'adyen' && one.amount % 3 === 0) await settle();
      books = await conserved();
    }
    await settle();
    await bench.turn(provider, { settleMs: 600_000 });
    // Whatever was lost on the way has its effect by the second time at the latest; the third changes nothing.
    for (const request of sent) await post(request);
    await settle();
    books = await conserved();
    const answers = await Promise.all(sent.map(post));
    await settle();
    expect(await bench.books()).toEqual(books);
    expect(answers.every(isAnswered)).toBe(true);
  };
  const property = fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 25 }), faults, run);
  await fc.assert(property, { numRuns: scale(25, 500) });
});

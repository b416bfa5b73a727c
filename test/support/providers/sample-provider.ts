import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Trouble } from './bench.js';

export interface SamplePayment {
  readonly id: string;
  readonly reference: string;
  readonly state: 'authorized' | 'captured' | 'voided' | 'declined';
  readonly currency: string;
  readonly authorized: number;
  readonly captured: number;
  readonly refunds: readonly { readonly id: string; readonly reference: string; readonly amount: number }[];
  readonly decline?: { readonly code: string; readonly message: string };
}
interface Answer {
  readonly status: number;
  readonly body: object;
}
type Asked = Readonly<Record<string, string | number>>;
type Kind = 'authorize' | 'capture' | 'void' | 'refund';

export const sampleKey = 'sample-api-key-0123456789';
export const sampleSecret = 'sample-webhook-secret-0123456789';
export const sampleDeclines = { no_money: 'insufficient_funds', stolen: 'lost_or_stolen', bank_away: 'provider_unavailable' } as const;

const refusal = (status: number, code: string): Answer => ({ status, body: { code, message: `Refused: ${code}` } });
const sumOf = (refunds: SamplePayment['refunds']) => refunds.reduce((sum, { amount }) => sum + amount, 0);

/** A provider small enough to be read at once: its rules, its books in memory and the trouble that it is told to make. */
export class SampleProvider {
  readonly payments = new Map<string, SamplePayment>();
  readonly applied: { readonly reference: string; readonly kind: Kind }[] = [];
  trouble: { readonly kind: Trouble; readonly meets: Kind } | undefined;
  private readonly answers = new Map<string, Answer>();
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((request, reply) => void this.serve(request, reply));

  async listen(): Promise<string> {
    this.server.on('connection', (socket) => this.sockets.add(socket));
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  of(reference: string): SamplePayment | undefined {
    return [...this.payments.values()].find((payment) => payment.reference === reference && payment.state !== 'declined');
  }

  private async serve(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const asked = (chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString('utf8')) : {}) as Asked;
    const [, , id = '', step = ''] = new URL(request.url ?? '', 'http://sample').pathname.split('/');
    const kind =
      request.method === 'POST' ? (({ capture: 'capture', void: 'void', refunds: 'refund' } as const)[step] ?? 'authorize') : undefined;
    const trouble = kind !== undefined && this.trouble?.meets === kind ? this.trouble.kind : undefined;
    if (trouble) this.trouble = undefined;
    if (trouble === 'time-out before') return;
    if (trouble === 'reset before') return void request.socket.destroy();
    const answer = this.troubled(trouble) ?? this.answer(request, kind, id, asked, trouble);
    if (trouble === 'time-out after') return;
    if (trouble === 'reset after') return void request.socket.destroy();
    if (trouble === 'server error after') return void reply.writeHead(500).end('{}');
    reply.writeHead(answer.status).end(trouble === 'malformed' ? '{"id":' : JSON.stringify(answer.body));
  }

  private troubled(trouble: Trouble | undefined): Answer | undefined {
    if (trouble === 'rate limit') return refusal(429, 'too_many_requests');
    return trouble === 'in flight' ? refusal(409, 'in_flight') : undefined;
  }

  private answer(request: IncomingMessage, kind: Kind | undefined, id: string, asked: Asked, trouble: Trouble | undefined): Answer {
    const { authorization, 'idempotency-key': key } = request.headers;
    if (authorization !== `Bearer ${sampleKey}`) return refusal(401, `who is ${authorization}`);
    if (kind === undefined) return this.find(id, new URL(request.url ?? '', 'http://sample').searchParams.get('reference'));
    const known = this.answers.get(String(key));
    if (known) return known;
    const answer = kind === 'authorize' ? this.authorize(asked, trouble) : this.change(kind, this.payments.get(id), asked);
    this.answers.set(String(key), answer);
    return answer;
  }

  private find(id: string, reference: string | null): Answer {
    const payment = reference === null ? this.payments.get(id) : this.of(reference);
    return payment ? { status: 200, body: payment } : refusal(404, 'no_such_payment');
  }

  private authorize({ reference, amount, currency, capture, token }: Asked, trouble: Trouble | undefined): Answer {
    const [id, code] = [`smp_${randomUUID()}`, String(token).replace('tok_', '')];
    const isDeclined = code in sampleDeclines;
    const authorized = isDeclined ? 0 : Number(amount) + (trouble === 'wrong amount' ? 1 : 0);
    const payment: SamplePayment = {
      id,
      reference: String(reference),
      state: isDeclined ? 'declined' : capture === 'now' ? 'captured' : 'authorized',
      currency: trouble === 'wrong currency' ? 'USD' : String(currency),
      authorized,
      captured: capture === 'now' ? authorized : 0,
      refunds: [],
      ...(isDeclined && { decline: { code, message: 'The bank says no' } }),
    };
    this.keep(payment, 'authorize');
    return { status: isDeclined ? 402 : 200, body: payment };
  }

  private change(kind: Exclude<Kind, 'authorize'>, payment: SamplePayment | undefined, { amount, reference }: Asked): Answer {
    if (!payment) return refusal(404, 'no_such_payment');
    const [units, { state, authorized, captured, refunds }] = [Number(amount), payment];
    if (kind === 'refund') {
      if (units > captured - sumOf(refunds)) return refusal(400, 'more_than_captured');
      return this.keep({ ...payment, refunds: [...refunds, { id: randomUUID(), reference: String(reference), amount: units }] }, kind);
    }
    if (state !== 'authorized') return refusal(400, 'wrong_state');
    if (kind === 'void') return this.keep({ ...payment, state: 'voided' }, kind);
    return units > authorized ? refusal(400, 'more_than_authorized') : this.keep({ ...payment, state: 'captured', captured: units }, kind);
  }

  private keep(payment: SamplePayment, kind: Kind): Answer {
    this.payments.set(payment.id, payment);
    if (payment.state !== 'declined') this.applied.push({ reference: payment.reference, kind });
    return { status: 200, body: payment };
  }
}

/** As it signs what it tells. */
export function signSample(body: string | Buffer, at: Date, secret = sampleSecret): Record<string, string> {
  const seconds = Math.floor(at.getTime() / 1000);
  const mac = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');
  return { 'sample-signature': `t=${seconds},v1=${mac}` };
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Delivery } from './exchange.js';
import { readForm } from './form.js';
import type { Provider } from './provider.js';
import { type Answer, type Call, type Fields, fieldsOf, type Operation } from './wire.js';

/** Puts what a provider can be asked where its clients look for it. */
export function serve(app: FastifyInstance, { simulator, exchange }: Provider): void {
  const handle = (operation: Operation, prefix: string) => async (request: FastifyRequest, reply: FastifyReply) => {
    const call = callOf(request, prefix);
    const delivery: Delivery = call ? await exchange.handle(operation, call) : { kind: 'answer', answer: simulator.manners.unreadable };
    return deliver(reply, delivery);
  };
  for (const prefix of simulator.prefixes) {
    for (const operation of simulator.operations) {
      app.route({ method: operation.method, url: prefix + operation.path, handler: handle(operation, prefix) });
    }
    for (const { path, type, text } of simulator.documents ?? []) app.get(prefix + path, (_, reply) => reply.type(type).send(text));
  }
}

/** Whose path this is. What has no prefix is only known by its version. */
export function providerAt(providers: readonly Provider[], path: string): Provider | undefined {
  const isWithin = (prefix: string) => path.startsWith(`${prefix}/${prefix === '' ? 'v1/' : ''}`);
  return providers.find(({ simulator }) => simulator.prefixes.some(isWithin));
}

export function answerWith(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  void reply.code(status).headers({ ...headers });
  return body === null ? reply.send() : reply.type('application/json').send(JSON.stringify(body));
}

function deliver(reply: FastifyReply, delivery: Delivery): FastifyReply {
  if (delivery.kind === 'answer') return answerWith(reply, delivery.answer);
  if (delivery.kind === 'malformed') {
    const text = JSON.stringify(delivery.answer.body);
    return reply
      .code(200)
      .type('application/json')
      .send(text.slice(0, Math.ceil(text.length / 2)));
  }
  // Whoever hangs up first: the client, or the sandbox when it closes.
  reply.hijack();
  if (delivery.kind === 'reset') reply.raw.socket?.resetAndDestroy();
  return reply;
}

/** Null where the body cannot be read. */
function callOf({ method, url, params, headers, body }: FastifyRequest, prefix: string): Call | null {
  const [path = '', query = ''] = url.split('?', 2);
  const read = bodyOf(typeof body === 'string' ? body : '', headers['content-type'] ?? '');
  const call = { method, path: path.slice(prefix.length), params: params as Record<string, string>, query: readForm(query), headers };
  return read && { ...call, body: read };
}

function bodyOf(text: string, type: string): Fields | null {
  if (text.trim() === '') return {};
  if (type.startsWith('application/x-www-form-urlencoded')) return readForm(text);
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return null;
  }
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { actionPage } from './action-page.js';
import type { Door } from './engine/doors.js';
import type { Provider } from './engine/provider.js';
import { answerWith } from './engine/routes.js';
import { type ProviderName, settingsReader, targetReader } from './engine/settings.js';
import type { CustomerDecision } from './engine/simulator.js';

export interface Switched {
  readonly providers: readonly Provider[];
  readonly doors: Readonly<Record<ProviderName, Door>>;
}

const notice = 'sandbox, no money moves';

/** What tests and demonstrations turn, and what they may look at: of no real provider. */
export function serveSwitches(app: FastifyInstance, { providers, doors }: Switched): void {
  const named = (request: FastifyRequest) => providers.find(({ name }) => name === (request.params as { name: string }).name);
  const json = (reply: FastifyReply, status: number, body: unknown) => answerWith(reply, { status, body });
  const withProvider =
    (work: (provider: Provider, request: FastifyRequest, reply: FastifyReply) => unknown) =>
    async (request: FastifyRequest, reply: FastifyReply) => {
      const provider = named(request);
      return provider ? work(provider, request, reply) : json(reply, 404, { error: 'There is no such provider' });
    };
  const stateOf = ({ name, engine }: Provider) => ({
    url: doors[name].url,
    settings: engine.settings(),
    webhook: engine.target() ? { url: engine.target()?.url, pending: engine.courier.pending() } : null,
    counts: engine.counted(),
  });
  const everyOne = <Value>(valueOf: (provider: Provider) => Value) =>
    Object.fromEntries(providers.map((provider) => [provider.name, valueOf(provider)]));

  app.get('/sandbox/state', (_, reply) => json(reply, 200, { notice, providers: everyOne(stateOf) }));
  app.get('/sandbox/books', (request, reply) => {
    const { reference } = request.query as { reference?: string };
    const payments = providers.flatMap(({ simulator }) => simulator.books());
    const asked = reference === undefined ? payments : payments.filter((payment) => payment.reference === reference);
    return json(reply, 200, { notice, payments: asked, faults: everyOne(({ engine }) => engine.counted()) });
  });
  app.post('/sandbox/reset', async (_, reply) => {
    for (const provider of providers) provider.reset();
    await Promise.all(Object.values(doors).map((door) => door.open()));
    return json(reply, 200, { notice });
  });
  app.put(
    '/sandbox/providers/:name',
    withProvider(async (provider, request, reply) => {
      const read = settingsReader.safeParse(parsed(request.body));
      if (!read.success) return json(reply, 400, { error: z.prettifyError(read.error) });
      provider.engine.change(read.data);
      await (read.data.outage === 'refuse' ? doors[provider.name].close() : doors[provider.name].open());
      return json(reply, 200, stateOf(provider));
    }),
  );
  app.post(
    '/sandbox/providers/:name/webhook',
    withProvider((provider, request, reply) => {
      const read = targetReader.safeParse(parsed(request.body));
      if (!read.success) return json(reply, 400, { error: z.prettifyError(read.error) });
      provider.engine.sendTo(read.data);
      return json(reply, 200, stateOf(provider));
    }),
  );
  app.post(
    '/sandbox/providers/:name/settle',
    withProvider((provider, _, reply) => {
      provider.engine.deferrals.settleAll();
      return json(reply, 200, stateOf(provider));
    }),
  );
  app.get(
    '/sandbox/actions/:name/:id',
    withProvider((provider, request, reply) =>
      reply.type('text/html; charset=utf-8').send(actionPage(provider.name, idOf(request), notice)),
    ),
  );
  for (const decision of ['approve', 'decline'] as const satisfies readonly CustomerDecision[]) {
    app.post(
      `/sandbox/actions/:name/:id/${decision}`,
      withProvider((provider, request, reply) => {
        const decided = provider.engine.store.transact(() => provider.simulator.decide(idOf(request), decision));
        if (!decided) return json(reply, 409, { error: 'Nobody waits for this decision' });
        const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
        return isForm && decided.returnUrl ? reply.redirect(decided.returnUrl, 303) : json(reply, 200, decided);
      }),
    );
  }
}

const idOf = ({ params }: FastifyRequest): string => (params as { id: string }).id;

function parsed(body: unknown): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : '');
  } catch {
    return undefined;
  }
}

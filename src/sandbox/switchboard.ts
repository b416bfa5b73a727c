import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { actionPage } from './action-page.js';
import type { Door } from './engine/doors.js';
import type { Provider } from './engine/provider.js';
import { answerWith } from './engine/routes.js';
import { type ProviderName, settingsReader, targetReader } from './engine/settings.js';

export interface Switched {
  readonly providers: readonly Provider[];
  readonly doors: Readonly<Record<ProviderName, Door>>;
}

const notice = 'sandbox, no money moves';
const json = (reply: FastifyReply, status: number, body: unknown): FastifyReply => answerWith(reply, { status, body });

/** What tests and demonstrations turn, and what they may look at: of no real provider. */
export function serveSwitches(app: FastifyInstance, switched: Switched): void {
  serveBooks(app, switched);
  serveProviders(app, switched);
  serveActions(app, switched);
}

function serveBooks(app: FastifyInstance, { providers, doors }: Switched): void {
  const everyOne = <Value>(valueOf: (provider: Provider) => Value) =>
    Object.fromEntries(providers.map((provider) => [provider.name, valueOf(provider)]));

  app.get('/sandbox/state', (_, reply) => {
    const states = everyOne((provider) => stateOf(provider, doors[provider.name]));
    return json(reply, 200, { notice, providers: states });
  });
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
}

function serveProviders(app: FastifyInstance, { providers, doors }: Switched): void {
  const path = '/sandbox/providers/:name';
  const state = (reply: FastifyReply, provider: Provider) => json(reply, 200, stateOf(provider, doors[provider.name]));
  const change = async (provider: Provider, request: FastifyRequest, reply: FastifyReply) => {
    const read = settingsReader.safeParse(parsed(request.body));
    if (!read.success) return json(reply, 400, { error: z.prettifyError(read.error) });
    provider.engine.change(read.data);
    const door = doors[provider.name];
    await (read.data.outage === 'refuse' ? door.close() : door.open());
    return state(reply, provider);
  };
  app.put(path, ofProvider(providers, change));
  app.post(
    `${path}/webhook`,
    ofProvider(providers, (provider, request, reply) => {
      const read = targetReader.safeParse(parsed(request.body));
      if (!read.success) return json(reply, 400, { error: z.prettifyError(read.error) });
      provider.engine.sendTo(read.data);
      return state(reply, provider);
    }),
  );
  app.post(
    `${path}/settle`,
    ofProvider(providers, (provider, _, reply) => {
      provider.engine.deferrals.settleAll();
      return state(reply, provider);
    }),
  );
}

function serveActions(app: FastifyInstance, { providers }: Switched): void {
  const path = '/sandbox/actions/:name/:id';
  const idOf = ({ params }: FastifyRequest) => (params as { id: string }).id;
  const page = ({ name }: Provider, request: FastifyRequest, reply: FastifyReply) =>
    reply.type('text/html; charset=utf-8').send(actionPage(name, idOf(request), notice));
  app.get(path, ofProvider(providers, page));
  for (const decision of ['approve', 'decline'] as const) {
    const decide = ({ engine, simulator }: Provider, request: FastifyRequest, reply: FastifyReply) => {
      const decided = engine.store.transact(() => simulator.decide(idOf(request), decision));
      if (!decided) return json(reply, 409, { error: 'Nobody waits for this decision' });
      const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
      return isForm && decided.returnUrl ? reply.redirect(decided.returnUrl, 303) : json(reply, 200, decided);
    };
    app.post(`${path}/${decision}`, ofProvider(providers, decide));
  }
}

type Work = (provider: Provider, request: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply>;

const ofProvider = (providers: readonly Provider[], work: Work) => async (request: FastifyRequest, reply: FastifyReply) => {
  const provider = providers.find(({ name }) => name === (request.params as { name: string }).name);
  return provider ? work(provider, request, reply) : json(reply, 404, { error: 'There is no such provider' });
};

const stateOf = ({ engine }: Provider, door: Door) => {
  const target = engine.target();
  return {
    url: door.url,
    settings: engine.settings(),
    webhook: target ? { url: target.url, pending: engine.courier.pending() } : null,
    counts: engine.counted(),
  };
};

function parsed(body: unknown): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : '');
  } catch {
    return undefined;
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import Fastify, { type FastifyInstance } from 'fastify';
import { adyenSimulator } from './adyen/adyen.simulator.js';
import { Door } from './engine/doors.js';
import { openProvider, type Provider } from './engine/provider.js';
import { answerWith, providerAt, serve } from './engine/routes.js';
import { type ProviderName, providerNames } from './engine/settings.js';
import { paypalSimulator } from './paypal/paypal.simulator.js';
import { stripeSimulator } from './stripe/stripe.simulator.js';
import { serveSwitches } from './switchboard.js';

export interface SandboxOptions {
  readonly host: string;
  /** 0 for a free one. The providers' own addresses have the ports after it. */
  readonly port: number;
  /** The directory that keeps everything. */
  readonly store: string;
  readonly seed: string;
  readonly clock?: () => Date;
}
export interface Sandbox {
  readonly url: string;
  /** A base address for each provider's client, on a port that only this provider has. */
  readonly urls: Readonly<Record<ProviderName, string>>;
  close(): Promise<void>;
}

const simulate = { stripe: stripeSimulator, paypal: paypalSimulator, adyen: adyenSimulator };
const paths: Readonly<Record<ProviderName, string>> = { stripe: '', paypal: '/paypal', adyen: '/adyen' };
const bodyLimit = 1_000_000;

/** The other end of three payment providers. */
export async function startSandbox({ host, port, store, seed, clock = () => new Date() }: SandboxOptions): Promise<Sandbox> {
  let url = '';
  const engineOptions = { directory: store, seed, now: clock, baseUrl: () => url };
  const providers = providerNames.map((name) => openProvider(name, simulate[name], engineOptions));
  const app = Fastify({ forceCloseConnections: true, bodyLimit });
  const listener = (request: IncomingMessage, response: ServerResponse) => app.routing(request, response);
  const doorOf = (name: ProviderName, index: number) => [name, new Door(host, port === 0 ? 0 : port + index + 1, listener)] as const;
  const doors = Object.fromEntries(providerNames.map(doorOf)) as Record<ProviderName, Door>;
  const close = async () => {
    await Promise.all([app.close(), ...Object.values(doors).map((door) => door.close())]);
    for (const provider of providers) provider.close();
  };
  try {
    read(app);
    for (const provider of providers) serve(app, provider);
    serveSwitches(app, { providers, doors });
    refuseTheRest(app, providers);
    url = await app.listen({ host, port });
    await openDoors(providers, doors);
    for (const provider of providers) provider.start();
  } catch (error) {
    await close();
    throw error;
  }
  const urls = Object.fromEntries(providerNames.map((name) => [name, doors[name].url + paths[name]])) as Record<ProviderName, string>;
  return { url, urls, close };
}

/** Bodies stay text: what cannot be read is answered in the provider's own words. */
function read(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body));
}

/** Each is opened once, since only then it has a port; one that is out is closed again. */
async function openDoors(providers: readonly Provider[], doors: Readonly<Record<ProviderName, Door>>): Promise<void> {
  for (const { name, engine } of providers) {
    await doors[name].open();
    if (engine.settings().outage === 'refuse') await doors[name].close();
  }
}

function refuseTheRest(app: FastifyInstance, providers: readonly Provider[]): void {
  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?', 1);
    const manners = providerAt(providers, path)?.simulator.manners;
    const answer = manners?.notFound({ method: request.method, path }) ?? { status: 404, body: { error: 'There is nothing here' } };
    return answerWith(reply, answer);
  });
}

import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { AuditController } from '../../src/audit/audit.controller.js';
import { UsersService } from '../../src/auth/users.service.js';
import { CreditsController } from '../../src/credits/credits.controller.js';
import { CreditsService } from '../../src/credits/credits.service.js';
import { MeRoutingController } from '../../src/erasure/me.routing.controller.js';
import { IntegrationsRepository } from '../../src/integrations/integrations.repository.js';
import { DEFAULT_TENANT_ID } from '../../src/kernel/actor/actor.js';
import { POLICY, type Policy } from '../../src/kernel/actor/allow.decorator.js';
import type { Role } from '../../src/kernel/actor/permissions.js';
import { tenantScope } from '../../src/kernel/actor/scope.js';
import { Routes } from '../../src/kernel/http/routes.js';
import { KeysController } from '../../src/keys/keys.controller.js';
import { KeysRepository } from '../../src/keys/keys.repository.js';
import { KeysService } from '../../src/keys/keys.service.js';
import { accountOf } from '../../src/ledger/ledger.js';
import { JobQueue } from '../../src/kernel/jobs/job-queue.js';
import { LedgerReader } from '../../src/ledger/ledger-reader.service.js';
import { ChargesGatewayController } from '../../src/payments/charges.gateway.controller.js';
import { ChargesService } from '../../src/payments/charges.service.js';
import { PaymentsController } from '../../src/payments/payments.controller.js';
import { PaymentsRoutingController } from '../../src/payments/payments.routing.controller.js';
import { PaymentsService } from '../../src/payments/payments.service.js';
import { UnitOfWork } from '../../src/kernel/mongo/unit-of-work.js';
import { ProviderAccountsRepository } from '../../src/providers/provider-accounts.repository.js';
import { Strategies } from '../../src/routing/strategies.service.js';
import { TenantNotFound } from '../../src/tenants/tenant.faults.js';
import { TenantsController } from '../../src/tenants/tenants.controller.js';
import { TenantsService } from '../../src/tenants/tenants.service.js';
import { signStandard } from '../../src/webhooks/standard-signature.js';
import { WebhookDeliveriesRepository } from '../../src/webhooks/webhook-deliveries.repository.js';
import { WebhookEndpointsRepository } from '../../src/webhooks/webhook-endpoints.repository.js';
import { type Answer, type CallOptions, startApp, type TestApp } from '../support/app.js';
import { as, newTenant, type Somebody } from '../support/as.js';
import { deadJob } from '../support/jobs.js';
import { newProvider, signedByStripe, stripeAccount } from '../support/providers.js';
import { confirmationAt, doubtfulRefund, routedPayment } from '../support/routed-payments.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';
import { grant, newItem, newTeam, storeSession } from '../support/store.js';
import { gatewaySender } from '../support/senders.js';
import { endedDelivery, newEndpoint, newIntegration } from '../support/webhooks.js';
import {
  type Caller,
  callers,
  codes,
  details,
  expected,
  type Expectation,
  noSession,
  type Relation,
  relations,
  seen,
  sentences,
  unsigned,
} from './matrix.expected.js';

/** Callers of every role and a merchant beside them in their tenant, which is the default one for a system administrator alone. */
interface World {
  readonly app: TestApp;
  readonly people: Readonly<Record<Role, Somebody>>;
  readonly others: Readonly<Record<'own' | 'default', Somebody>>;
  readonly foreign: Somebody;
  /** By tenant, the account through which its payments go. */
  readonly accounts: Readonly<Record<string, string>>;
}
const roles = callers.filter((caller) => caller !== 'anonymous');

async function makeWorld(app: TestApp): Promise<World> {
  const [own, foreign] = [await newTenant(app), await newTenant(app)];
  const people: Partial<Record<Role, Somebody>> = {};
  for (const role of roles) people[role] = await as(app, role, role === 'system_admin' ? DEFAULT_TENANT_ID : own);
  const others = { own: await as(app, 'merchant', own), default: await as(app, 'merchant', DEFAULT_TENANT_ID) };
  const world = { app, people: people as World['people'], others, foreign: await as(app, 'merchant', foreign) };
  const accounts: Record<string, string> = {};
  for (const owner of [...Object.values(others), world.foreign]) {
    accounts[owner.tenantId] = (await newProvider(app, owner, 'sandbox')).name;
  }
  return { ...world, accounts };
}

interface Cell {
  readonly route: string;
  readonly caller: Caller;
  readonly relation: Relation;
}
/** A request that is valid but for who sends it. */
interface Asked extends CallOptions {
  readonly idInPath?: string;
  /** Where more than an id is open. */
  readonly path?: string;
  readonly query?: string;
  /** What a refused request must not change. */
  readonly state?: () => Promise<unknown>;
}
type Ask = (world: World, cell: Cell) => Asked | Promise<Asked>;

const currencies = { own: 'GBP', other: 'EUR', foreign: 'USD' };
const customer = { name: 'Ava Reed', email: 'ava.reed@example.com', country: 'UK' };
const sold = { merchant: 'Spotify', paymentType: 'subscription', amountMinor: 1299, region: 'UK' };
const form = { merchant: 'Spotify', payment_type: 'subscription', amount_minor: '1299', currency: 'GBP', region: 'UK' };
const attempt = { provider: 'Stripe', result: 'success' };

function ownerOf({ people, others, foreign }: World, { caller, relation }: Pick<Cell, 'caller' | 'relation'>): Somebody {
  if (relation === 'foreign') return foreign;
  if (relation === 'own' && caller !== 'anonymous') return people[caller];
  return caller === 'system_admin' ? others.default : others.own;
}

/** A new payment, made past the API, where not every role may make one. */
async function payment({ app }: World, owner: Somebody, currency: string): Promise<string> {
  const actor = { ...owner, name: 'An owner', sessionId: 'none' };
  const { id } = await app.app.get(PaymentsService).create(actor, { ...sold, currency, customer, attempts: [] });
  return id;
}
const onPayment =
  (prefix: string, options: CallOptions = {}): Ask =>
  async (world, cell) => {
    const owner = ownerOf(world, cell);
    const id = await payment(world, owner, currencies[cell.relation]);
    const state = () => world.app.app.get(PaymentsService).find(tenantScope(owner.tenantId), id as never);
    return { ...options, idInPath: prefix + id, state };
  };
const accountOfTenant = ({ accounts }: World, { tenantId }: Somebody): string => accounts[tenantId] ?? '';
/** On a payment that is captured, or only authorized. */
const onRouted =
  (capture: 'now' | 'later', json?: object): Ask =>
  async (world, cell) => {
    const owner = ownerOf(world, cell);
    const id = await routedPayment(world.app, owner, accountOfTenant(world, owner), capture);
    const state = () => world.app.app.get(PaymentsService).find(tenantScope(owner.tenantId), id);
    return { json, headers: { 'idempotency-key': randomUUID() }, idInPath: `pay_${id}`, state };
  };
const onTenant =
  (asked: (tenantId: string) => Asked): Ask =>
  (world, cell) => {
    const { tenantId } = ownerOf(world, cell);
    return { ...asked(tenantId), state: () => world.app.app.get(TenantsService).find(tenantId) };
  };
/** How many payments there are in the tenant of everybody who may be refused to make one. */
const paymentsMade = ({ app, people: { owner } }: World) => {
  return async () => (await app.call('GET', '/api/payments?limit=1', { token: owner.token })).body.data.total as number;
};
/** For what ends an account or its sessions: somebody of the caller's role whom no other request needs. */
const once =
  (asked: (somebody: Somebody) => CallOptions): Ask =>
  async (world, { caller }) => {
    if (caller === 'anonymous') return asked(world.others.own);
    const somebody = await as(world.app, caller, world.people[caller].tenantId);
    const state = () => world.app.app.get(UsersService).find(somebody.userId);
    return { token: somebody.token, ...asked(somebody), state };
  };
const plain: Ask = () => ({});
const asActor = (somebody: Somebody) => ({ ...somebody, name: 'An owner', sessionId: 'none' });
/** Of an owner who has 100 credits. */
const onCredits =
  (asked: (owner: Somebody, world: World, cell: Cell) => Asked | Promise<Asked>): Ask =>
  async (world, cell) => {
    const owner = ownerOf(world, cell);
    await grant(world.app, owner.userId, 100, owner.tenantId);
    const state = () => world.app.app.get(LedgerReader, { strict: false }).account(owner.tenantId, accountOf(owner.userId));
    return { headers: { 'idempotency-key': randomUUID() }, ...(await asked(owner, world, cell)), state };
  };
/** A key that anybody may have. */
const keyOf = async ({ app }: World, owner: Somebody) =>
  (await app.app.get(KeysService, { strict: false }).create(asActor(owner), { name: 'A key', scopes: ['credits:read'], expiresAt: null }))
    .key;
const onKey =
  (json?: object): Ask =>
  async (world, cell) => {
    const owner = ownerOf(world, cell);
    const { _id } = await keyOf(world, owner);
    const state = () => world.app.app.get(KeysRepository, { strict: false }).find(tenantScope(owner.tenantId), _id);
    return { idInPath: _id, json, state };
  };
const onEndpoint =
  (json?: object): Ask =>
  async (world, cell) => {
    const owner = ownerOf(world, cell);
    const { _id } = await newEndpoint(world.app, owner);
    const state = () => world.app.app.get(WebhookEndpointsRepository, { strict: false }).find(tenantScope(owner.tenantId), _id);
    return { idInPath: _id, json, state };
  };
const onIntegration =
  (json?: object): Ask =>
  async (world, cell) => {
    const owner = ownerOf(world, cell);
    const { _id } = await newIntegration(world.app, owner);
    const state = () => world.app.app.get(IntegrationsRepository, { strict: false }).find(tenantScope(owner.tenantId), _id);
    return { idInPath: _id, json, state };
  };
const adaptiveStep = { kind: 'adaptive', tolerancePoints: 0 };
const onProvider =
  (json?: object): Ask =>
  async (world, cell) => {
    const owner = ownerOf(world, cell);
    const { _id } = await newProvider(world.app, owner);
    const state = () => world.app.app.get(ProviderAccountsRepository, { strict: false }).find(tenantScope(owner.tenantId), _id);
    return { idInPath: _id, json, state };
  };
const onDelivery: Ask = async (world, cell) => {
  const owner = ownerOf(world, cell);
  const { _id } = await endedDelivery(world.app, owner);
  const state = () => world.app.app.get(WebhookDeliveriesRepository, { strict: false }).find(tenantScope(owner.tenantId), _id);
  return { idInPath: _id, state };
};
/** The header with a key of the gateway; nobody's where nobody is signed in. */
async function withKey({ app, people }: World, owner: Caller | Somebody): Promise<{ headers?: Record<string, string> }> {
  if (owner === 'anonymous') return {};
  const somebody = typeof owner === 'string' ? people[owner] : owner;
  const given = { name: 'A key', kind: 'gateway', scopes: ['payments:read', 'payments:write'], expiresAt: null } as const;
  const { secret } = await app.app.get(UnitOfWork).run((session) => {
    return app.app.get(KeysService, { strict: false }).issue(session, somebody, given);
  });
  return { headers: { 'x-api-key': secret } };
}
const charge = { customerName: 'Ava Reed', amountMinor: 1299, currency: 'GBP', details: 'An order', webhookUrl: null };
async function charged({ app }: World, owner: Somebody): Promise<string> {
  return (await app.app.get(ChargesService, { strict: false }).charge(asActor(owner), charge)).charge.id;
}
/** On a charge, by the id that the gateway knows it by. */
const onCharge =
  (asked: (id: string, world: World, cell: Cell) => Asked | Promise<Asked>): Ask =>
  async (world, cell) => {
    const owner = ownerOf(world, cell);
    const id = await charged(world, owner);
    const state = () => world.app.app.get(ChargesService, { strict: false }).find(asActor(owner), id);
    return { ...(await asked(id, world, cell)), state };
  };
/** On somebody whom no other request needs, by the id that the gateway knows it by. */
const onUser =
  (asked: (id: string) => Asked): Ask =>
  async (world, cell) => {
    const owner = ownerOf(world, cell);
    const { userId } = cell.relation === 'own' ? owner : await as(world.app, 'merchant', owner.tenantId);
    return { ...asked(`user_${userId.slice(-12)}`), state: () => world.app.app.get(UsersService).find(userId) };
  };
const inAnHour = () => new Date(Date.now() + 3_600_000);
const onHold = onCredits(async (owner, { app }) => {
  const given = { userId: owner.userId, amount: 10, description: '' };
  const { n } = await app.app.get(CreditsService, { strict: false }).hold(asActor(owner), given, inAnHour());
  return { idInPath: `hld_${n}` };
});
/** In a session of somebody of the caller's role, who owns 100 credits; where nobody is signed in, with a token of nobody's. */
const inStore =
  (fields: (world: World, somebody: Somebody) => object | Promise<object> = () => ({}), token = 'token'): Ask =>
  async (world, { caller }) => {
    if (caller === 'anonymous') return { json: { [token]: randomUUID(), ...(await fields(world, world.others.own)) } };
    const somebody = await as(world.app, caller, world.people[caller].tenantId);
    await grant(world.app, somebody.userId, 100, somebody.tenantId);
    const session = await storeSession(world.app, somebody.email, somebody.password);
    return { json: { [token]: session, ...(await fields(world, somebody)) } };
  };
/** A name that no other team has. */
const teamName = () => `team-${randomUUID()}`;
const email = () => `${randomUUID()}@acme.test`;

/** A dead job of the owner's tenant. */
const onJob: Ask = async (world, cell) => {
  const { userId, tenantId } = ownerOf(world, cell);
  const idInPath = await deadJob(world.app, tenantId, userId);
  return { idInPath, state: () => world.app.app.get(JobQueue).find(idInPath) };
};

/** By the keys of the table. */
const requests: Readonly<Record<string, Ask>> = {
  'POST /api/auth/login': ({ others: { own } }) => ({ form: { email: own.email, password: own.password } }),
  'POST /api/auth/register': () => ({ form: { email: email(), password: 'Str0ng!pass' } }),
  'DELETE /api/me': once(() => ({})),
  'POST /api/payments': (world) => ({ form, state: paymentsMade(world) }),
  'PUT /api/payments/:id (status)': onPayment('', { form: { status: 'success' } }),
  'PUT /api/payments/:id (attempts)': onPayment('', { json: { provider_attempts: [{ ...attempt, latency_ms: 142 }] } }),
  'PUT /api/payments/:id (core)': onPayment('', { form: { region: 'FR' } }),
  'DELETE /api/payments/:id': onPayment(''),
  'POST /api/v1/auth/register': () => ({ json: { email: email(), password: 'Str0ng!pass', name: 'Ada', tenantName: 'Acme' } }),
  'POST /api/v1/auth/login': ({ others: { own } }) => ({ json: { email: own.email, password: own.password } }),
  'POST /api/v1/auth/refresh': async ({ app, others: { own } }) => {
    const { body } = await app.call('POST', '/api/v1/auth/login', { json: { email: own.email, password: own.password } });
    return { json: { refreshToken: body.data.refreshToken as string } };
  },
  'POST /api/v1/auth/logout': once(() => ({})),
  'POST /api/v1/auth/password': once(({ password }) => ({ json: { currentPassword: password, newPassword: 'Str0nger!pass' } })),
  'POST /api/v1/auth/switch': onTenant((tenantId) => ({ json: { tenantId } })),
  'POST /api/v1/tenants': () => ({ json: { name: 'Another Ltd' } }),
  'GET /api/v1/tenants/:id': onTenant((idInPath) => ({ idInPath })),
  'PATCH /api/v1/tenants/:id': onTenant((idInPath) => ({ idInPath, json: { name: `Acme ${randomUUID()}` } })),
  'POST /api/v1/payments': (world) => ({ json: { ...sold, currency: 'GBP' }, state: paymentsMade(world) }),
  'POST /api/v1/payments (confirm)': (world, cell) => ({
    json: { ...sold, currency: 'GBP', confirm: true, confirmation: confirmationAt(accountOfTenant(world, ownerOf(world, cell)), 'now') },
    headers: { 'idempotency-key': randomUUID() },
    state: paymentsMade(world),
  }),
  'POST /api/v1/payments/:id/confirm': async (world, cell) => {
    const json = confirmationAt(accountOfTenant(world, ownerOf(world, cell)), 'now');
    return { ...(await onPayment('pay_', { json })(world, cell)), headers: { 'idempotency-key': randomUUID() } };
  },
  'POST /api/v1/payments/:id/complete': onRouted('now', {}),
  'POST /api/v1/payments/:id/capture': onRouted('later', {}),
  'POST /api/v1/payments/:id/cancel': onRouted('later'),
  'POST /api/v1/payments/:id/refunds': onRouted('now', { amountMinor: 1 }),
  'PATCH /api/v1/payments/:id/refunds/:refundId': async (world, cell) => {
    const owner = ownerOf(world, cell);
    const { path, paymentId } = await doubtfulRefund(world.app, owner, accountOfTenant(world, owner));
    const state = () => world.app.app.get(PaymentsService).find(tenantScope(owner.tenantId), paymentId);
    return { path, json: { state: 'failed', reason: 'Seen there' }, state };
  },
  'GET /api/v1/payments/:id/routing': onRouted('now'),
  'GET /api/v1/payments/:id': onPayment('pay_'),
  'PATCH /api/v1/payments/:id (status)': onPayment('pay_', { json: { status: 'success' } }),
  'PATCH /api/v1/payments/:id (attempts)': onPayment('pay_', { json: { attempts: [{ ...attempt, latencyMs: 142 }] } }),
  'PATCH /api/v1/payments/:id (core)': onPayment('pay_', { json: { region: 'FR' } }),
  'DELETE /api/v1/payments/:id': onPayment('pay_'),
  'GET /api/v1/jobs/:id': onJob,
  'POST /api/v1/jobs/:id/retry': onJob,
  'POST /api/v1/users/register': () => ({ json: { name: 'Ada', email: email(), password: 'Str0ng!pass' } }),
  'POST /api/v1/users/login': ({ others: { own } }) => ({ json: { email: own.email, password: own.password } }),
  'PATCH /api/v1/users/:user_id/role': onUser((idInPath) => ({ idInPath, json: { new_role: 'user' } })),
  'POST /api/v1/payments/charge': async (world, { caller }) => ({
    json: { customerName: 'Ava Reed', paymentAmount: 12.99, currency: 'GBP' },
    ...(await withKey(world, caller)),
    state: paymentsMade(world),
  }),
  'GET /api/v1/payments/all': onCharge((_, world, { caller }) => withKey(world, caller)),
  'GET /api/v1/payments/query': onCharge((_, world, cell) => withKey(world, ownerOf(world, cell))),
  'GET /api/v1/payments/:transaction_id': onCharge(async (idInPath, world, { caller }) => ({
    idInPath,
    ...(await withKey(world, caller)),
  })),
  'DELETE /api/v1/:resource/:resource_id (transactions)': onCharge((id) => ({ path: `/api/v1/transactions/${id}` })),
  'DELETE /api/v1/:resource/:resource_id (users)': onUser((id) => ({ path: `/api/v1/users/${id}` })),
  'POST /api/v1/api-keys': () => ({ json: { name: 'A key', scopes: ['credits:read'] } }),
  'POST /api/v1/api-keys/:id/rotate': onKey({}),
  'DELETE /api/v1/api-keys/:id': onKey(),
  'POST /api/v1/webhook-endpoints': () => ({ json: { url: 'http://127.0.0.1:49151/', eventTypes: ['nothing'] } }),
  'GET /api/v1/webhook-endpoints/:id': onEndpoint(),
  'PATCH /api/v1/webhook-endpoints/:id': onEndpoint({ description: 'Changed' }),
  'DELETE /api/v1/webhook-endpoints/:id': onEndpoint(),
  'POST /api/v1/webhook-endpoints/:id/rotate-secret': onEndpoint({}),
  'POST /api/v1/webhook-endpoints/:id/test': onEndpoint(),
  'GET /api/v1/webhook-endpoints/:id/deliveries': onEndpoint(),
  'GET /api/v1/webhook-deliveries/:id': onDelivery,
  'POST /api/v1/webhook-deliveries/:id/replay': onDelivery,
  'POST /api/v1/integrations': () => ({ json: { name: 'Bank' } }),
  'GET /api/v1/integrations/:id': onIntegration(),
  'DELETE /api/v1/integrations/:id': onIntegration(),
  'POST /api/v1/integrations/:id/rotate-secret': onIntegration({}),
  'POST /api/v1/integrations/webhooks/generic/:integrationId': async ({ app, others: { own } }) => {
    const { _id, secret } = await newIntegration(app, own);
    return { idInPath: _id, json: {}, headers: signStandard([secret], randomUUID(), new Date(), '{}') };
  },
  'POST /api/v1/providers': () => ({ json: stripeAccount(`stripe-${randomUUID().slice(0, 8)}`) }),
  'GET /api/v1/providers/:id': onProvider(),
  'PATCH /api/v1/providers/:id': onProvider({ enabled: false }),
  'DELETE /api/v1/providers/:id': onProvider(),
  'POST /api/v1/integrations/webhooks/:connector/:accountId': async ({ app, others: { own } }) => {
    const { _id } = await newProvider(app, own);
    return { path: `/api/v1/integrations/webhooks/stripe/${_id}`, json: {}, headers: signedByStripe('{}', new Date()) };
  },
  'GET /api/v1/routing/strategy': plain,
  'PUT /api/v1/routing/strategy': async ({ app, people }, { caller }) => {
    const { tenantId } = people[caller === 'anonymous' ? 'admin' : caller];
    const { version } = await app.app.get(Strategies, { strict: false }).current(tenantId);
    return { json: { version, steps: [adaptiveStep] } };
  },
  'POST /api/v1/routing/preview': () => ({ json: { paymentType: 'card', amountMinor: 1, currency: 'GBP' } }),
  'POST /api/v1/routing/simulate': () => ({ json: { steps: [adaptiveStep], limit: 1 } }),
  'POST /api/v1/webhook-receive': async ({ app }) => ({ json: {}, headers: (await gatewaySender(app)).genuine('{}').headers }),
  'GET /api/financial/admin/credits/users/:user_id': onCredits(({ userId }) => ({ idInPath: userId })),
  'GET /api/financial/admin/credits/users/:user_id/transactions': onCredits(({ userId }) => ({ idInPath: userId })),
  'GET /api/financial/credits/balance (of a user)': onCredits(({ userId }) => ({ query: `?user_id=${userId}` })),
  'GET /api/financial/credits/:user_id': onCredits(({ userId }) => ({ idInPath: userId })),
  'POST /api/financial/credits/:user_id/add': onCredits(({ userId }) => ({ idInPath: userId, json: { amount: 1, description: 'Bonus' } })),
  'POST /api/financial/credits/:user_id/spend': onCredits(({ userId }) => ({
    idInPath: userId,
    json: { amount: 1, description: 'Report' },
  })),
  'POST /api/v1/credits/accounts': onCredits(({ userId }) => ({ json: { userId } })),
  'GET /api/v1/credits/accounts/:id': onCredits(({ userId }) => ({ idInPath: `acc_${userId}` })),
  'GET /api/v1/credits/accounts/:id/transactions': onCredits(({ userId }) => ({ idInPath: `acc_${userId}` })),
  'POST /api/v1/credits/grants': onCredits(({ userId }) => ({ json: { userId, amount: 1 } })),
  'POST /api/v1/credits/spends': onCredits(({ userId }) => ({ json: { userId, amount: 1 } })),
  'POST /api/v1/credits/transfers': onCredits(async ({ userId }, { app, people }, { caller }) => {
    const { tenantId } = people[caller === 'anonymous' ? 'user' : caller];
    return { json: { userId, amount: 1, toUserId: (await as(app, 'user', tenantId)).userId } };
  }),
  'POST /api/v1/credits/holds': onCredits(({ userId }) => ({ json: { userId, amount: 1, expiresAt: inAnHour() } })),
  'POST /api/v1/credits/holds/:id/commit': onHold,
  'POST /api/v1/credits/holds/:id/void': onHold,
  'POST /api/v1/credits/reversals': onCredits(async ({ userId, tenantId }, { app }) => {
    const [newest] = await app.app
      .get(LedgerReader, { strict: false })
      .page(tenantId, { account: accountOf(userId) }, { newestFirst: true }, 1);
    return { json: { transactionId: `tx_${newest?.n}` } };
  }),
  'GET /api/v1/events/stream': () => ({ headers: { 'last-event-id': 'none' } }),
  'POST /api/v1/store/items': () => ({ json: { name: 'MICAH HUG', price: 10 } }),
  'PATCH /api/v1/store/items/:number': async (world, cell) => {
    const number = await newItem(world.app, 10, ownerOf(world, cell).tenantId);
    return { idInPath: String(number), json: { price: 11 } };
  },
  'POST /api/v1/store/teams': () => ({ json: { username: teamName(), password: 'Changeme-2018', balance: 1000 } }),
  'POST /login': ({ others: { own } }) => ({ form: { username: own.email, token: randomUUID(), password: own.password } }),
  'POST /validate-session': inStore(),
  'POST /update-password': inStore((_, { password }) => ({ old_password: password, new_password: 'Str0nger!pass' })),
  'POST /get-balance': inStore(),
  'POST /buy': inStore(async ({ app }, { tenantId }) => ({ item_id: await newItem(app, 10, tenantId) })),
  'POST /expire-session': inStore(),
  'POST /update-session': inStore(() => ({ new_token: randomUUID() }), 'old_token'),
  'POST /transactions': inStore(),
  'POST /transfer': inStore(async ({ app }, { tenantId }) => ({ recipient: (await newTeam(app, 0, tenantId)).number, amount: 10 })),
};

const routeOf = (key: string): string => key.replace(/ \(.*\)$/, '');

async function send({ people, app }: World, { route, caller }: Cell, asked: Asked): Promise<Answer> {
  const [method = '', path = ''] = routeOf(route).split(' ');
  const token = caller === 'anonymous' ? {} : { token: people[caller].token };
  return app.call(method, (asked.path ?? path.replace(/:\w+/, asked.idInPath ?? '')) + (asked.query ?? ''), { ...token, ...asked });
}

const ofGateway = /^\w+ \/api\/v1\/(users|protected|admin|:resource|payments\/(charge|all|query|:transaction_id))/;

/** What a refusal says, beside its status. */
function isInVoice(route: string, { status, body }: Answer): boolean {
  if (ofGateway.test(route)) {
    const said = unsigned[status as keyof typeof unsigned];
    return isDeepStrictEqual(Object.keys(body), ['detail']) && (!said || isDeepStrictEqual([body.detail].flat(), said));
  }
  if (route.includes(' /api/v1/')) return body.data === null && body.error.code === codes[status];
  if (route.includes(' /api/financial/')) return isDeepStrictEqual(body, { detail: details[status] });
  if (!route.includes(' /api/')) return isDeepStrictEqual(body, noSession);
  return body.status === status && body.message === sentences[status] && !('data' in body);
}

/** A cell and what the table says of it. */
interface Expected {
  readonly cell: Cell;
  readonly status: number;
}
const nameOf = ({ route, relation, caller }: Cell): string => `${route}, ${relation}, ${caller}`;
const askedOf = async (world: World, cell: Cell): Promise<Asked> => (requests[cell.route] ?? plain)(world, cell);

/** How the server differs where the table lets the caller do it: one after the other, for one may change what the next one finds. */
async function differencesOfDone(world: World, { cell, status }: Expected): Promise<string[]> {
  const answer = await send(world, cell, await askedOf(world, cell));
  return answer.status === status ? [] : [`${nameOf(cell)}: ${answer.status} instead of ${status}`];
}

/** And where it refuses: all at once, for none may change anything. */
async function differencesOfRefused(world: World, refused: readonly Expected[]): Promise<readonly string[][]> {
  const asked = await Promise.all(refused.map(({ cell }) => askedOf(world, cell)));
  const stateOf = async (one: Asked | undefined) => JSON.stringify(await one?.state?.());
  const before = await Promise.all(asked.map(stateOf));
  const answers = await Promise.all(refused.map(({ cell }, index) => send(world, cell, asked[index] as Asked)));
  // What was not refused may have removed it.
  const after = await Promise.all(
    refused.map(({ status }, index) => stateOf(answers[index]?.status === status ? asked[index] : undefined)),
  );
  return refused.map(({ cell, status }, index) => {
    const answer = answers[index] as Answer;
    if (answer.status !== status) return [`${nameOf(cell)}: ${answer.status} instead of ${status}`];
    return [
      ...(isInVoice(cell.route, answer) ? [] : [`${nameOf(cell)}: ${status} in other words, ${JSON.stringify(answer.body)}`]),
      ...(after[index] === before[index] ? [] : [`${nameOf(cell)}: refused, and done all the same`]),
    ];
  });
}

function cellsOf(route: string, expectation: Expectation): Expected[] {
  const rows = 'own' in expectation || 'foreign' in expectation ? expectation : { own: expectation as readonly number[] };
  return relations.flatMap((relation) =>
    callers.flatMap((caller, column) => {
      const status = rows[relation]?.[column];
      return typeof status === 'number' ? [{ cell: { route, caller, relation }, status }] : [];
    }),
  );
}

/** How the server differs from the rows of a route. Of a server with a mistake even what it should refuse is asked one after the other. */
async function check(world: World, route: string, hasMistake = false): Promise<string[]> {
  const rows = Object.entries(expected).filter(([key]) => key === route || routeOf(key) === route);
  const cells = rows.flatMap(([key, expectation]) => cellsOf(key, expectation));
  const refused = cells.filter(({ status }) => status >= 400);
  const found = new Map<Expected, string[]>();
  for (const together of hasMistake ? refused.map((one) => [one]) : [refused]) {
    const differences = await differencesOfRefused(world, together);
    together.forEach((one, index) => found.set(one, differences[index] ?? []));
  }
  for (const cell of cells) if (!found.has(cell)) found.set(cell, await differencesOfDone(world, cell));
  return cells.flatMap((cell) => found.get(cell) ?? []);
}

let sandbox: TestSandbox;
let world: World;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  world = await makeWorld(await startApp({ env: { SANDBOX_URL: sandbox.sandbox.url } }));
});
afterAll(async () => {
  await world.app.close();
  await sandbox.close();
});

/** Pages that are the same for everybody; their own suite asks for them. */
const documentation = /^GET \/($|docs(\/|$)|openapi\/)/;

describe('the table', () => {
  it('has a row for every route of the server, and no other', () => {
    const routes = world.app.app.get(Routes).all();
    const served = routes
      .map(({ method, path }) => `${method} ${path.replace(/\(.*\)/, '')}`)
      .filter((route) => !documentation.test(route));
    expect([...new Set(Object.keys(expected).map(routeOf))].sort()).toEqual(served.sort());
  });

  it('has a status for every caller', () => {
    const rows = Object.values(expected).flatMap((row) => ('length' in row ? [row] : Object.values(row)));
    expect(rows.filter(({ length }) => length !== callers.length)).toEqual([]);
  });

  it('has every request but the plain ones', () => {
    expect(Object.keys(requests).filter((key) => !(key in expected))).toEqual([]);
  });
});

describe('the server answers as the table says', () => {
  it.each(Object.keys(expected))('%s', async (route) => {
    expect(await check(world, route)).toEqual([]);
  });
});

/** Whose objects an answer holds. */
const sights: Readonly<Record<string, (body: Answer['body'], world: World, caller: Role) => Relation[]>> = {
  'GET /api/payments': ({ data }) => data.payments.flatMap(relationOf),
  'GET /api/v1/payments': ({ data }) => data.flatMap(relationOf),
  'GET /api/financial/transactions': ({ transactions }, inWorld, caller) =>
    transactions.map(({ user_email: mail }: { user_email: string }) => whoseIs(inWorld, caller, ({ email: its }) => its === mail)),
  'GET /api/v1/api-keys': ({ data }, inWorld, caller) =>
    data.map(({ ownerId }: { ownerId: string }) => whoseIs(inWorld, caller, ({ userId }) => userId === ownerId)),
  'GET /api/v1/webhook-endpoints': ({ data }, inWorld, caller) =>
    data.map(({ ownerId }: { ownerId: string }) => whoseIs(inWorld, caller, ({ userId }) => userId === ownerId)),
  'GET /api/v1/integrations': ({ data }, inWorld, caller) =>
    data.map(({ ownerId }: { ownerId: string }) => whoseIs(inWorld, caller, ({ userId }) => userId === ownerId)),
  'GET /api/v1/providers': ({ data }, inWorld, caller) =>
    data.map(({ ownerId }: { ownerId: string }) => whoseIs(inWorld, caller, ({ userId }) => userId === ownerId)),
  'GET /api/v1/webhook-deliveries': ({ data }, inWorld, caller) =>
    data.map(({ body }: { body: string }) => whoseIs(inWorld, caller, ({ userId }) => userId === body)),
  'GET /api/v1/credits/accounts': ({ data }, inWorld, caller) =>
    data.map(({ userId }: { userId: string }) => whoseIs(inWorld, caller, (somebody) => somebody.userId === userId)),
  'GET /api/analytics/payment-volume': ({ data }) => data.flatMap(relationOf),
  'GET /api/v1/analytics/payment-volume': ({ data }) => data.flatMap(relationOf),
  'GET /api/v1/audit': ({ data }) => data.flatMap(({ after }: { after: { currency?: string } | null }) => relationOf(after ?? {})),
  'GET /api/v1/jobs': ({ data }, inWorld, caller) =>
    data.map(({ lastError }: { lastError: string }) => whoseIs(inWorld, caller, ({ userId }) => userId === lastError)),
  'GET /api/v1/tenants': ({ data }, { people, foreign }, caller) =>
    data.flatMap(({ id }: { id: string }) => (id === people[caller].tenantId ? 'own' : id === foreign.tenantId ? 'foreign' : [])),
};
const whoseIs = ({ people, foreign }: World, caller: Role, is: (somebody: Somebody) => boolean): Relation =>
  is(people[caller]) ? 'own' : is(foreign) ? 'foreign' : 'other';
const relationOf = ({ currency }: { currency?: string }) => relations.filter((relation) => currencies[relation] === currency);

describe('lists and figures hold what the caller may see', () => {
  let fresh: World;
  beforeAll(async () => {
    fresh = await makeWorld(world.app);
    for (const role of roles) await payment(fresh, fresh.people[role], currencies.own);
    for (const other of Object.values(fresh.others)) await payment(fresh, other, currencies.other);
    await payment(fresh, fresh.foreign, currencies.foreign);
    for (const somebody of [...Object.values(fresh.people), ...Object.values(fresh.others), fresh.foreign]) {
      const { userId, tenantId } = somebody;
      await keyOf(fresh, somebody);
      await endedDelivery(fresh.app, somebody);
      await newIntegration(fresh.app, somebody);
      await newProvider(fresh.app, somebody);
      await grant(fresh.app, userId, 1, tenantId);
      await deadJob(fresh.app, tenantId, userId);
    }
  });

  const rows = Object.entries(seen).flatMap(([route, sight]) =>
    Object.entries(sight).map(([caller, whose]) => [route, caller as Role, whose] as const),
  );
  it.each(rows)('%s by %s', async (route, caller, whose) => {
    const [method = '', path = ''] = route.split(' ');
    const { body } = await fresh.app.call(method, path.includes('volume') ? path : `${path}?limit=100`, {
      token: fresh.people[caller].token,
    });
    expect([...new Set(sights[route]?.(body, fresh, caller))].sort()).toEqual([...whose].sort());
  });
});

describe('a mistake in the product turns the table red', () => {
  interface Mutant {
    readonly name: string;
    readonly of: new (...parameters: never[]) => unknown;
    readonly handler: string;
    readonly policy: Policy;
    readonly route: string;
    readonly notices: readonly string[];
  }
  const mutants: readonly Mutant[] = [
    {
      name: 'whoever reads payments may delete them',
      of: PaymentsRoutingController,
      handler: 'remove',
      policy: { permission: 'payments:read' },
      route: 'DELETE /api/payments/:id',
      notices: [
        'own, finance: 200 instead of 403',
        'own, support: 200 instead of 403',
        'own, merchant: 200 instead of 403',
        'other, finance: 200 instead of 403',
        'other, support: 200 instead of 403',
        'other, merchant: 404 instead of 403',
        'foreign, finance: 404 instead of 403',
        'foreign, support: 404 instead of 403',
        'foreign, merchant: 404 instead of 403',
      ],
    },
    {
      name: 'everybody may delete the account',
      of: MeRoutingController,
      handler: 'remove',
      policy: { permission: 'self' },
      route: 'DELETE /api/me',
      notices: ['system_admin', 'owner', 'admin', 'finance', 'support', 'user'].map((role) => `own, ${role}: 200 instead of 403`),
    },
    {
      name: 'finance may change the tenant',
      of: TenantsController,
      handler: 'update',
      policy: { permission: 'tenants:read' },
      route: 'PATCH /api/v1/tenants/:id',
      notices: ['own, finance: 200 instead of 403', 'foreign, finance: 404 instead of 403'],
    },
    {
      name: 'support may set a status',
      of: PaymentsController,
      handler: 'update',
      policy: { permission: 'payments:read', roles: ['system_admin', 'owner', 'admin', 'finance', 'support'] },
      route: 'PATCH /api/v1/payments/:id (attempts)',
      notices: ['own, support: 200 instead of 403', 'other, support: 200 instead of 403', 'foreign, support: 404 instead of 403'],
    },
    {
      name: 'whoever reads credits may give them',
      of: CreditsController,
      handler: 'grant',
      policy: { permission: 'credits:read' },
      route: 'POST /api/v1/credits/grants',
      notices: ['own', 'other', 'foreign'].flatMap((relation) =>
        ['finance', 'support', 'merchant', 'user'].map(
          (role) => `${relation}, ${role}: ${relation === 'foreign' ? 404 : 201} instead of 403`,
        ),
      ),
    },
    {
      name: 'a key of the gateway needs a role besides',
      of: ChargesGatewayController,
      handler: 'charge',
      policy: { permission: 'payments:write' },
      route: 'POST /api/v1/payments/charge',
      notices: ['own, support: 403 instead of 201', 'own, user: 403 instead of 201'],
    },
    {
      name: 'whoever reads credits may rotate keys',
      of: KeysController,
      handler: 'rotate',
      policy: { permission: 'credits:read' },
      route: 'POST /api/v1/api-keys/:id/rotate',
      notices: [
        ...['finance', 'support', 'user'].map((role) => `own, ${role}: 200 instead of 403`),
        'other, user: 404 instead of 403',
        ...['finance', 'support', 'user'].map((role) => `foreign, ${role}: 404 instead of 403`),
      ],
    },
    {
      name: 'an administrator may not read the audit log',
      of: AuditController,
      handler: 'list',
      policy: { permission: 'audit:read', roles: ['system_admin', 'owner'] },
      route: 'GET /api/v1/audit',
      notices: ['own, admin: 403 instead of 200'],
    },
  ];

  it.each(mutants)('$name', async ({ of, handler, policy, route, notices }) => {
    const method = Reflect.get(of.prototype as object, handler) as object;
    const declared: unknown = Reflect.getMetadata(POLICY, method);
    Reflect.defineMetadata(POLICY, policy, method);
    const app = await startApp({ mongodbUri: world.app.mongodbUri });
    try {
      expect(await check({ ...world, app }, route, true)).toEqual(notices.map((notice) => `${route}, ${notice}`));
    } finally {
      Reflect.defineMetadata(POLICY, declared, method);
      await app.close();
    }
    expect(await check(world, route)).toEqual([]);
  });

  it('a tenant is shown to whoever asks for it', async () => {
    const view = jest.spyOn(TenantsService.prototype, 'view').mockImplementation(function (this: TenantsService, _, id) {
      return this.find(id);
    });
    try {
      expect(await check(world, 'GET /api/v1/tenants/:id', true)).toEqual(
        ['owner', 'admin', 'finance'].map((role) => `GET /api/v1/tenants/:id, foreign, ${role}: 200 instead of 404`),
      );
    } finally {
      view.mockRestore();
    }
  });

  it('a tenant is changed, and then said not to be there', async () => {
    const update = Reflect.get(TenantsService.prototype, 'update');
    const careless = jest.spyOn(TenantsService.prototype, 'update').mockImplementation(async function (
      this: TenantsService,
      actor,
      id,
      patch,
    ) {
      await update.call(this, { ...actor, role: 'system_admin' }, id, patch);
      throw new TenantNotFound();
    });
    try {
      expect(await check(world, 'PATCH /api/v1/tenants/:id', true)).toEqual(
        expect.arrayContaining(
          ['owner', 'admin'].map((role) => `PATCH /api/v1/tenants/:id, foreign, ${role}: refused, and done all the same`),
        ),
      );
    } finally {
      careless.mockRestore();
    }
  });

  it('a refusal in other words', () => {
    const says = (route: string, status: number, body: unknown) => isInVoice(route, { status, headers: new Headers(), body });
    expect(says('GET /api/payments', 403, { status: 403, message: 'Access denied' })).toBe(true);
    expect(says('GET /api/payments', 403, { status: 403, message: 'Forbidden' })).toBe(false);
    expect(says('GET /api/payments', 404, { status: 404, message: 'Not found', data: {} })).toBe(false);
    expect(says('GET /api/financial/transactions', 403, { detail: 'Access denied' })).toBe(true);
    expect(says('GET /api/financial/transactions', 403, { status: 403, message: 'Access denied' })).toBe(false);
    expect(says('GET /api/financial/transactions', 403, { detail: 'Access denied', user_id: 1001 })).toBe(false);
    expect(says('GET /api/v1/payments', 401, { data: null, error: { code: 'unauthenticated' } })).toBe(true);
    expect(says('GET /api/v1/payments', 401, { data: null, error: { code: 'forbidden' } })).toBe(false);
  });
});

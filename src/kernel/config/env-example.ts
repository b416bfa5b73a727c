import type { z } from 'zod';
import { configSchema } from './config.schema.js';
import { type VariableNote, variableNotes } from './variable-notes.js';

const HEADING = '# Copy to .env and uncomment what you change. Variables of the environment win over the file.';

type Shape = Readonly<Record<string, z.ZodType<string | number | readonly string[] | undefined>>>;

/** The text of .env.example, made from the schema so that the two cannot differ. */
export function envExample(): string {
  const inProduction = defaultsOf(configSchema(true).shape);
  const otherwise = configSchema(false).shape;
  const defaults = defaultsOf(otherwise);
  const blocks = Object.entries(otherwise).map(([name, schema]) =>
    block(name, variableNotes.get(schema), defaults.get(name), inProduction.get(name)),
  );
  return `${[HEADING, ...blocks].join('\n\n')}\n`;
}

function block(name: string, note: VariableNote | undefined, usual = '', inProduction?: string): string {
  const lines = [note?.description, `Allowed: ${note?.allowed}.`];
  if (inProduction === undefined) lines.push('Required in production.');
  else if (inProduction !== usual) lines.push(`Default in production: ${inProduction}.`);
  return [...lines.map((line) => `# ${line}`), `#${name}=${usual}`].join('\n');
}

/** A variable that must be given has no entry. */
function defaultsOf(shape: Shape): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(shape).flatMap(([name, schema]) => {
      const parsed = schema.safeParse(undefined);
      return parsed.success ? [[name, String(parsed.data ?? '')] as const] : [];
    }),
  );
}

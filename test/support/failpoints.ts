import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every place of the product that a test can have fail, by the feature that it begins with. */
export function failpointsOf(feature: string): readonly string[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
    .flatMap((path) => [...readFileSync(join('src', path), 'utf8').matchAll(/\bfailpoint\('([^']+)'\)/g)].map(([, name = '']) => name))
    .filter((name) => name.startsWith(`${feature}.`))
    .sort();
}

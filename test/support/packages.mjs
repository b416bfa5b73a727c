import { existsSync, statSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { outside } from '../../scripts/outside.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const directory = join(root, 'node_modules', '.cache', 'payops', 'packages');
const bundle = join(directory, 'all.cjs');
const installed = join(root, 'node_modules', '.package-lock.json');

/** What loads most modules, by every name under which it is imported. */
const packages = [
  '@fastify/busboy',
  '@fastify/cors',
  '@nestjs/common',
  '@nestjs/common/constants.js',
  '@nestjs/common/enums/route-paramtypes.enum.js',
  '@nestjs/core',
  '@nestjs/platform-fastify',
  '@nestjs/swagger',
  'class-transformer',
  'class-validator',
  'fast-jwt',
  'fastify',
  'helmet',
  'luxon',
  'mongodb',
  'rate-limiter-flexible',
  'reflect-metadata',
  'rxjs',
  'zod',
];

/** For Jest, which makes every suite load every module anew: these come in one file. */
export const packageMapper = {
  [`^(${packages.map((name) => name.replaceAll('.', '\\.')).join('|')})$`]: join(directory, '$1.cjs'),
};

/** Puts them there, unless they are there already. One bundle, so that each has one copy of what they share. */
export async function bundlePackages() {
  if (
    existsSync(bundle) &&
    statSync(bundle).mtimeMs > Math.max(...[installed, fileURLToPath(import.meta.url)].map((path) => statSync(path).mtimeMs))
  )
    return;
  await mkdir(directory, { recursive: true });
  const getters = packages.map((name) => `get '${name}'() { return require('${name}'); }`);
  await build({
    stdin: { contents: `module.exports = { ${getters.join(', ')} };`, resolveDir: root },
    outfile: `${bundle}.new`,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // Jest's sandbox has no dynamic import.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__url' },
    banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
    plugins: [outside()],
  });
  for (const name of packages) {
    const path = join(directory, `${name}.cjs`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `module.exports = require('./${relative(dirname(path), bundle)}')['${name}'];\n`);
  }
  await rename(`${bundle}.new`, bundle);
}

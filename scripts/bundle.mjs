import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { outside } from './outside.mjs';

// The programs in a file each: loading some two thousand modules one by one is most of what a start costs.
const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist');

/** They have native code, or look for files beside themselves. */
const installed = ['@node-rs/argon2', 'swagger-ui-dist', 'mongodb-memory-server-core'];

/**
 * Nest and the documents go by the names of classes, which change where all modules share one scope. (The bundler's own way to keep names
 * has a function named again wherever it is made, which costs more than a request has time for.)
 */
const classNames = {
  name: 'class-names',
  setup({ onLoad }) {
    const head = /^(?:export )?(?:(?:let|const) \w+ = (?:\w+ = )?)?class (\w+)(?: extends [^{]+)? \{/gm;
    const named = "$& static { Object.defineProperty(this, 'name', { value: '$1', configurable: true }); }";
    onLoad({ filter: /[\\/](?:dist|@nestjs)[\\/].*\.js$/ }, async ({ path }) => {
      return { contents: (await readFile(path, 'utf8')).replace(head, named) };
    });
  },
};

await build({
  entryPoints: { main: join(dist, 'main.js'), payops: join(dist, 'cli', 'payops.js'), openapi: join(dist, 'openapi.js') },
  outdir: join(dist, 'bundle'),
  bundle: true,
  // In one file each: of a package in CommonJS, a file of its own would show no names to those who import it when they need it.
  format: 'esm',
  platform: 'node',
  target: 'node20',
  plugins: [outside(installed), classNames],
  // The compiler's own decorators repeat keys.
  logOverride: { 'duplicate-object-key': 'silent' },
  banner: {
    js: [
      "import { createRequire as __requireFrom } from 'node:module';",
      "import { dirname as __directoryOf } from 'node:path';",
      "import { fileURLToPath as __pathOf } from 'node:url';",
      'const require = __requireFrom(import.meta.url), __filename = __pathOf(import.meta.url), __dirname = __directoryOf(__filename);',
    ].join(' '),
  },
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

// The server and the command line in few files: loading some two thousand modules one by one is most of what a start costs.
const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist');

/** What a package would use if it were installed stays outside, and so do packages that look for files beside themselves. */
const outside = {
  name: 'outside',
  setup({ onResolve, resolve }) {
    const beside = new Set(['@node-rs/argon2', 'swagger-ui-dist', 'mongodb-memory-server-core']);
    onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, importer, pluginData }) => {
      if (pluginData === outside) return undefined;
      const name = path.split('/', path.startsWith('@') ? 2 : 1).join('/');
      if (beside.has(name)) return { path, external: true };
      const { errors } = await resolve(path, { kind, resolveDir, importer, pluginData: outside });
      return errors.length > 0 ? { path, external: true } : undefined;
    });
  },
};

/** Nest and the documents go by the names of classes. Functions get their names again and again, wherever they are made: they need none. */
const quickNames = {
  name: 'quick-names',
  setup({ onEnd }) {
    const helper = /^var __name = (.*);$/m;
    onEnd(({ outputFiles }) => {
      for (const { path, text } of outputFiles.filter(({ path }) => path.endsWith('.js'))) {
        if (!helper.test(text)) throw new Error(`${path} keeps names in another way`);
        const named = text
          .replace(helper, 'var __name = (target) => target, __className = $1;')
          .replaceAll('__name(this, "', '__className(this, "');
        writeFileSync(path, named);
      }
    });
  },
};

mkdirSync(join(dist, 'bundle'), { recursive: true });
await build({
  write: false,
  entryPoints: { main: join(dist, 'main.js'), payops: join(dist, 'cli', 'payops.js') },
  outdir: join(dist, 'bundle'),
  bundle: true,
  // In one file each: of a package in CommonJS, a file of its own would show no names to those who import it when they need it.
  format: 'esm',
  platform: 'node',
  target: 'node20',
  keepNames: true,
  plugins: [outside, quickNames],
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

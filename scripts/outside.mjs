/**
 * Leaves out of a bundle what a package would use if it were installed, and the packages that are named.
 * @param {readonly string[]} named
 * @returns {import('esbuild').Plugin}
 */
export function outside(named = []) {
  const name = 'outside';
  return {
    name,
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, importer, pluginData }) => {
        if (pluginData === name) return undefined;
        if (named.includes(path.split('/', path.startsWith('@') ? 2 : 1).join('/'))) return { path, external: true };
        const { errors } = await build.resolve(path, { kind, resolveDir, importer, pluginData: name });
        return errors.length > 0 ? { path, external: true } : undefined;
      });
    },
  };
}

import { copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transformFile } from '@swc/core';

/**
 * The sources of one folder and a main file, as a program for a process of its own: only that can be killed, and Node runs no
 * TypeScript. Returns the path of the main file.
 */
export async function programOf(sources: string, directory: string, main: string): Promise<string> {
  await mkdir(directory);
  await symlink(join(process.cwd(), 'node_modules'), join(directory, 'node_modules'));
  await copyFile('package.json', join(directory, 'package.json'));
  for (const name of await readdir(sources)) {
    if (!/(?<!\.spec)\.ts$/.test(name)) continue;
    const { code } = await transformFile(join(sources, name), {
      jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true } },
    });
    await writeFile(join(directory, name.replace(/\.ts$/, '.js')), code);
  }
  const path = join(directory, 'main.js');
  await writeFile(path, main);
  return path;
}

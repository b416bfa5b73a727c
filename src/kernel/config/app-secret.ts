import { hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, ConfigError } from './config.js';

const GENERATED_BYTES = 48;
const SHORTEST_BYTES = 32;

export type KeyPurpose =
  'jwt' | 'refresh' | 'ledger' | 'api-key' | 'webhook' | 'encryption' | 'cursor' | 'idempotency' | 'login-limit' | 'store-session';

export function appSecret(config: Pick<Config, 'appSecret' | 'dataDir'>): Buffer {
  if (config.appSecret !== undefined) return Buffer.from(config.appSecret);
  const file = join(config.dataDir, 'app-secret');
  if (!existsSync(file)) generateSecret(config.dataDir, file);
  return readSecret(file);
}

export function deriveKey(secret: Buffer, purpose: KeyPurpose, length = 32): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `payops:${purpose}`, length));
}

function readSecret(file: string): Buffer {
  const secret = Buffer.from(readFileSync(file, 'utf8').trim());
  if (secret.length >= SHORTEST_BYTES) return secret;
  throw new ConfigError([`${file} is damaged: restore it, or remove it to have a new secret generated (which ends every session)`]);
}

function generateSecret(directory: string, file: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, `${randomBytes(GENERATED_BYTES).toString('base64url')}\n`, { flag: 'wx', mode: 0o600, flush: true });
  try {
    // Like O_EXCL, a link has one winner; unlike it, nobody can read the file before its text is there.
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
}

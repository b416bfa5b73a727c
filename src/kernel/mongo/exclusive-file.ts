import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { hasCode } from './error-code.js';
import { identify, isAlive, isSameProcess, type ProcessIdentity } from './process-identity.js';

const POLL_MS = 50;

/** Takes the file for a live process, or answers with the claim of the live process that holds it. */
export async function takeFile<Claim extends ProcessIdentity>(path: string, claim: Claim): Promise<Claim | undefined> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(claim), { mode: 0o600 });
  try {
    for (;;) {
      if (await linkIfAbsent(draft, path)) return undefined;
      const holder = await readClaim<Claim>(path);
      if (holder !== undefined && isAlive(holder)) return holder;
      await removeStale(path);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

export async function dropFile(path: string, claim: ProcessIdentity): Promise<void> {
  const holder = await readClaim(path);
  if (holder !== undefined && isSameProcess(holder, claim)) await rm(path, { force: true });
}

/** Runs the work while holding the file; others wait for their turn. */
export async function inTurn<Result>(path: string, patienceMs: number, work: () => Promise<Result>): Promise<Result> {
  const claim = identify(process.pid);
  const until = Date.now() + patienceMs;
  for (;;) {
    const holder = await takeFile(path, claim);
    if (holder === undefined) break;
    if (Date.now() > until) throw new Error(`Process ${holder.pid} has been holding ${path} for ${patienceMs / 1000} s.`);
    await pause(POLL_MS);
  }
  try {
    return await work();
  } finally {
    await dropFile(path, claim);
  }
}

export async function readClaim<Claim extends ProcessIdentity>(path: string): Promise<Claim | undefined> {
  try {
    const claim: Claim = JSON.parse(await readFile(path, 'utf8'));
    return Number.isInteger(claim.pid) ? claim : undefined;
  } catch {
    return undefined;
  }
}

/** Readers see the old text or the new one, never half of it. */
export async function replaceFile(path: string, value: object): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(value), { mode: 0o600 });
  await rename(draft, path);
}

async function removeStale(path: string): Promise<void> {
  const grave = `${path}.${randomUUID()}`;
  try {
    await rename(path, grave);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  // Between our reading and our renaming another process may have made the file its own: give it back.
  const removed = await readClaim(grave);
  if (removed !== undefined && isAlive(removed)) await linkIfAbsent(grave, path);
  await rm(grave, { force: true });
}

async function linkIfAbsent(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

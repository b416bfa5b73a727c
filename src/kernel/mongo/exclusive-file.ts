import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { hasCode } from './error-code.js';
import { identify, isAlive, isSameProcess, type ProcessIdentity } from './process-identity.js';

const POLL_MS = 50;

export type Taken<Claim> =
  { readonly holder: Claim; readonly release?: never } | { readonly holder?: never; readonly release: () => Promise<void> };

/**
 * Takes the name for a live process, or answers with the claim of the live process that holds it. Claims are numbered files
 * (`server.3.json`) of which the highest counts. The highest is never removed, so that nobody can remove or follow a claim that is
 * younger than the one it has judged to be dead.
 */
export async function takeFile<Claim extends ProcessIdentity>(directory: string, name: string, claim: Claim): Promise<Taken<Claim>> {
  const pathOf = (generation: number) => join(directory, `${name}.${generation}.json`);
  const draft = join(directory, `${name}.${randomUUID()}`);
  await writeFile(draft, JSON.stringify(claim), { mode: 0o600 });
  try {
    for (;;) {
      const latest = Math.max(0, ...(await generationsOf(directory, name)));
      const holder = await readClaim<Claim>(pathOf(latest));
      if (holder !== undefined && isAlive(holder)) return { holder };
      const own = latest + 1;
      if (!(await linkIfAbsent(draft, pathOf(own)))) continue;
      const others = (await generationsOf(directory, name)).filter((generation) => generation !== own);
      // Our number may have been taken, followed and cleared away between our reading and our linking.
      const overtaken = others.some((generation) => generation > own);
      for (const generation of overtaken ? [own] : others) await rm(pathOf(generation), { force: true });
      if (!overtaken) return { release: () => markReleased(pathOf(own), claim) };
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** Runs the work while holding the name; others wait for their turn. */
export async function inTurn<Result>(directory: string, name: string, patienceMs: number, work: () => Promise<Result>): Promise<Result> {
  const claim = identify(process.pid);
  const until = Date.now() + patienceMs;
  for (;;) {
    const { holder, release } = await takeFile(directory, name, claim);
    if (release !== undefined) {
      try {
        return await work();
      } finally {
        await release();
      }
    }
    if (Date.now() > until) throw new Error(`Process ${holder.pid} has been holding ${name} in ${directory} for ${patienceMs / 1000} s.`);
    await pause(POLL_MS);
  }
}

/** Nothing for a file that is absent, torn or marked as released; a file that may not be read says nothing about its holder. */
export async function readClaim<Claim extends ProcessIdentity>(path: string): Promise<Claim | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    const claim: Claim = JSON.parse(text);
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

async function generationsOf(directory: string, name: string): Promise<number[]> {
  const numbered = new RegExp(`^${name}\\.([1-9]\\d{0,14})\\.json$`);
  return (await readdir(directory)).map((file) => Number(numbered.exec(file)?.[1])).filter(Number.isInteger);
}

async function markReleased(path: string, claim: ProcessIdentity): Promise<void> {
  const holder = await readClaim(path);
  if (holder !== undefined && isSameProcess(holder, claim)) await replaceFile(path, { released: true });
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

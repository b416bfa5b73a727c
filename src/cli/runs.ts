import type { INestApplicationContext } from '@nestjs/common';
import { LedgerExport } from '../ledger/ledger-export.js';
import { LedgerRebuild } from '../ledger/ledger-rebuild.js';
import { LedgerVerifier } from '../ledger/ledger-verifier.js';
import { BucketRebuild } from '../payments/bucket-rebuild.js';
import { figure, Progress } from './progress.js';

// What the commands do: for one tenant, or all; false when something wrong was found.

export async function rebuildBuckets(app: INestApplicationContext, tenantId?: string): Promise<boolean> {
  const progress = new Progress('payments');
  const payments = await app.get(BucketRebuild).rebuild(tenantId);
  say(`${payments} payments counted in ${progress.seconds} s`);
  return true;
}

export async function verifyLedger(app: INestApplicationContext, tenantId?: string): Promise<boolean> {
  const progress = new Progress('entries');
  const { tenants, batches, entries, accounts, badRows } = await app.get(LedgerVerifier).verify(tenantId, progress.report);
  progress.end();
  for (const { message } of badRows) say(`BAD ${message}`);
  say(
    `${figure(entries)} entries in ${figure(batches)} batches and ${figure(accounts)} accounts of ${figure(tenants)} tenants are good, ` +
      `${badRows.length} tenants are not (${progress.seconds} s, ${progress.rate(entries)} entries a second)`,
  );
  return badRows.length === 0;
}

export async function rebuildLedger(app: INestApplicationContext, tenantId?: string): Promise<boolean> {
  const progress = new Progress('entries');
  const { entries, agreed, repaired, refused } = await app.get(LedgerRebuild).rebuild(tenantId, progress.report);
  progress.end();
  for (const { message } of refused) say(`NOT REBUILT ${message}`);
  say(`${figure(entries)} entries: ${figure(agreed)} account rows agreed, ${figure(repaired)} were repaired (${progress.seconds} s)`);
  if (repaired > 0) say('Restart the servers: what they read before stays in their memory.');
  return refused.length === 0;
}

export async function exportLedger(app: INestApplicationContext, tenantId?: string): Promise<boolean> {
  const progress = new Progress('entries');
  const { batches, entries } = await app.get(LedgerExport).export(process.stdout, tenantId, progress.report);
  progress.end();
  process.stderr.write(`${figure(entries)} entries in ${figure(batches)} batches exported (${progress.seconds} s)\n`);
  return true;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

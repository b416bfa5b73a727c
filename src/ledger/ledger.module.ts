import { Module } from '@nestjs/common';
import { AccountRows } from './account-rows.js';
import { GroupedLedgerWriter } from './grouped-ledger-writer.js';
import { HoldExpiry } from './hold-expiry.js';
import { LedgerAnchors } from './ledger-anchors.js';
import { LedgerAuditor } from './ledger-auditor.js';
import { LedgerExport } from './ledger-export.js';
import { LedgerNews } from './ledger-news.js';
import { LedgerReader } from './ledger-reader.service.js';
import { LedgerRebuild } from './ledger-rebuild.js';
import { LedgerService } from './ledger.service.js';
import { LedgerStore } from './ledger-store.js';
import { LedgerVerifier } from './ledger-verifier.js';
import { LedgerWalk } from './ledger-walk.js';
import { LedgerWriter } from './ledger-writer.js';
import { MongoLedgerStore } from './mongo-ledger-store.js';

@Module({
  providers: [
    AccountRows,
    HoldExpiry,
    LedgerAnchors,
    LedgerAuditor,
    LedgerExport,
    LedgerNews,
    LedgerReader,
    LedgerRebuild,
    LedgerService,
    LedgerVerifier,
    LedgerWalk,
    { provide: LedgerStore, useClass: MongoLedgerStore },
    { provide: LedgerWriter, useClass: GroupedLedgerWriter },
  ],
  exports: [LedgerNews, LedgerReader, LedgerService, LedgerWriter],
})
export class LedgerModule {}

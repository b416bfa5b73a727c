import { Module } from '@nestjs/common';
import { GroupedLedgerWriter } from './grouped-ledger-writer.js';
import { LedgerReader } from './ledger-reader.service.js';
import { LedgerService } from './ledger.service.js';
import { LedgerStore } from './ledger-store.js';
import { LedgerWriter } from './ledger-writer.js';
import { MongoLedgerStore } from './mongo-ledger-store.js';

@Module({
  providers: [
    LedgerReader,
    LedgerService,
    { provide: LedgerStore, useClass: MongoLedgerStore },
    { provide: LedgerWriter, useClass: GroupedLedgerWriter },
  ],
  exports: [LedgerReader, LedgerService, LedgerWriter],
})
export class LedgerModule {}

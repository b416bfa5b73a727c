import { benchOver, memoryBooks, mongoBooks } from '../../test/support/ledger/bench.js';
import { ledgerWriterContract } from '../../test/support/ledger/writer-contract.js';

ledgerWriterContract('the grouped writer over the memory', () => Promise.resolve(benchOver(memoryBooks())));
ledgerWriterContract('the grouped writer over mongod', async () => benchOver(await mongoBooks()));

import { memoryBooks } from './bench.js';
import { ledgerStoreContract } from './store-contract.js';

ledgerStoreContract('the memory', () => Promise.resolve(memoryBooks()));

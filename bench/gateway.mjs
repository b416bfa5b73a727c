import { measureCharges } from './gateway/charges.mjs';
import { inRounds } from './report.mjs';

const how =
  'the next one begins when the charges of the last are completed. After each round every charge that was answered is looked for.';
export const main = inRounds('gateway', how, measureCharges);

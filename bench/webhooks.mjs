import { inRounds } from './report.mjs';
import { measureIntake } from './webhooks/intake.mjs';

const how =
  'the next one begins when the work of the last is done. After each round every event that was acknowledged is looked for, and that ' +
  'it was ingested once.';
export const main = inRounds('webhooks', how, measureIntake);

import { Conflict, NotFound } from '../kernel/fault/fault.js';

export class JobNotFound extends NotFound {
  constructor() {
    super('Job not found');
  }
}
/** Only a dead job can be retried: any other runs anyway, or is done. */
export class JobNotDead extends Conflict {
  constructor() {
    super('Only a dead job can be retried');
  }
}

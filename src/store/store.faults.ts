import { NotFound } from '../kernel/fault/fault.js';

export class ItemNotFound extends NotFound {
  constructor() {
    super('Item not found');
  }
}
/** Of one that somebody wants to buy; the words are published so. */
export class ItemNotSold extends NotFound {
  constructor() {
    super('Item not be found', { outcome: 'none' });
  }
}
export class TeamNotFound extends NotFound {
  constructor() {
    super('Team id not found', { outcome: 'none' });
  }
}

import { Conflict } from '../kernel/fault/fault.js';

export class StrategyMoved extends Conflict {
  constructor() {
    super('Somebody has changed the strategy meanwhile: read it again');
  }
}

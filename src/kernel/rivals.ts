import { setTimeout as pause } from 'node:timers/promises';

const turns = { lastMs: 40, pauseMs: 15, forgottenAfterMs: 1_000 };

/**
 * Nodes that have met on one lane take turns: whoever got in writes batch after batch for a turn, then pauses for longer than
 * another one waits between its tries. Turns of one batch each would spend more on conflicts than on work.
 */
export class Rivals {
  private metAt = -Infinity;
  private turnBegan = 0;

  /** Another node was in the way just now. */
  meet(): void {
    this.metAt = performance.now();
    this.turnBegan = this.metAt;
  }

  /** Before a batch: at once, but for a pause after each turn while there is somebody to let pass. */
  async letPass(): Promise<void> {
    const now = performance.now();
    if (now - this.metAt > turns.forgottenAfterMs || now - this.turnBegan < turns.lastMs) return;
    await pause(turns.pauseMs);
    this.turnBegan = performance.now();
  }
}

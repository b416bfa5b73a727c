import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/mongo/database.js';

const patienceMs = 2_000;

/** Whether this process should be sent requests. */
@Injectable()
export class HealthService {
  private draining = false;

  constructor(private readonly database: Database) {}

  /** From now on requests should go elsewhere; those under way are finished. */
  drain(): void {
    this.draining = true;
  }

  async isReady(): Promise<boolean> {
    if (this.draining) return false;
    // The driver has no time limit for one command.
    const ping = this.database.db.command({ ping: 1 }).then(
      () => true,
      () => false,
    );
    return Promise.race([ping, pause(patienceMs, false, { ref: false })]);
  }
}

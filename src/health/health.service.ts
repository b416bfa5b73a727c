import { setTimeout as pause } from 'node:timers/promises';
import type { Server } from 'node:http';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Database } from '../kernel/mongo/database.js';

const patienceMs = 2_000;
const sweepMs = 100;

/** Whether this process should be sent requests. */
@Injectable()
export class HealthService implements BeforeApplicationShutdown, OnApplicationShutdown {
  private draining = false;
  private sweep: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly http: HttpAdapterHost,
  ) {}

  /** A connection that a client keeps after its last answer would hold up the end for as long as the grace lasts. */
  beforeApplicationShutdown(): void {
    const server = this.http.httpAdapter.getHttpServer() as Server;
    this.sweep = setInterval(() => server.closeIdleConnections(), sweepMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.sweep);
  }

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

import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { Poller } from '../kernel/poller.js';
import { ProviderHealth } from './provider-health.js';
import { ProviderHealthRepository } from './provider-health.repository.js';
import { followedBy, nothingShared, type Sightings, type TenantHealth } from './tenant-health.js';

/** Nodes that write at once, one after the other. */
const mostTries = 5;

/** Tells other nodes, and those that come after, what this one has learned of providers; and learns from them. */
@Injectable()
export class HealthSharing implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private poller: Poller | undefined;

  constructor(
    private readonly health: ProviderHealth,
    private readonly repository: ProviderHealthRepository,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<Config, 'routingShareMs'>,
  ) {}

  onApplicationBootstrap(): void {
    this.poller = new Poller(() => this.exchange(), this.config.routingShareMs);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.poller?.stop();
    await this.tellAll().catch(() => {});
  }

  private async exchange(): Promise<void> {
    await this.tellAll();
    const known = new Map(this.health.all());
    const newer = await this.repository.newer([...known].map(([tenantId, { rev }]) => ({ tenantId, rev })));
    for (const { _id: tenantId, ...shared } of newer) known.get(tenantId)?.learn(shared);
  }

  private async tellAll(): Promise<void> {
    for (const [tenantId, health] of this.health.all()) {
      const sightings = health.take();
      if (sightings && !(await this.tell(tenantId, health, sightings))) health.putBack(sightings);
    }
  }

  /** Adds it to what all know; false where that could not be written, and another time may do. */
  private async tell(tenantId: string, health: TenantHealth, sightings: Sightings): Promise<boolean> {
    try {
      for (let tries = 0; tries < mostTries; tries++) {
        const shared = (await this.repository.find(tenantId)) ?? nothingShared;
        const after = followedBy(shared, sightings, this.clock.now().getTime());
        if (!(await this.repository.replace(tenantId, after))) continue;
        health.learn(after);
        return true;
      }
    } catch {
      // The database is away; whatever it was, nobody waits for it.
    }
    return false;
  }
}

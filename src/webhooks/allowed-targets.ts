import { Inject, Injectable } from '@nestjs/common';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { HttpOut } from '../kernel/http-out/http-out.js';
import { HostUnknown, TargetRefused } from '../kernel/http-out/target.js';
import { TargetNotAllowed, WebhookTargets } from './webhook-targets.js';

/** Asks the client that will send. Outside production a name may be saved that nobody knows: a developer may be offline. */
@Injectable()
export class AllowedTargets extends WebhookTargets {
  constructor(
    private readonly http: HttpOut,
    @Inject(CONFIG) private readonly config: Pick<Config, 'nodeEnv'>,
  ) {
    super();
  }

  async assertAllowed(url: string): Promise<void> {
    try {
      await this.http.check(url);
    } catch (error) {
      if (error instanceof HostUnknown && this.config.nodeEnv !== 'production') return;
      throw error instanceof TargetRefused ? new TargetNotAllowed() : error;
    }
  }
}

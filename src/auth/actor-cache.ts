import { Inject, Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import type { Actor } from '../kernel/actor/actor.js';
import { type Config, CONFIG } from '../kernel/config/config.js';

interface Remembered {
  readonly userId: string;
  readonly actor: Promise<Actor>;
  readonly until: number;
}
const mostRemembered = 10_000;

/** Who the bearer of a session is, remembered for a moment: as long as a change made on another node may go unseen. */
@Injectable()
export class ActorCache {
  private readonly bySession = new Map<string, Remembered>();

  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'actorCacheMs'>) {}

  get(sessionId: string, userId: string, load: () => Promise<Actor>): Promise<Actor> {
    if (this.config.actorCacheMs === 0) return load();
    // Not the wall clock: set back, it would have a lost role last.
    const now = performance.now();
    const known = this.bySession.get(sessionId);
    if (known && known.until > now && known.userId === userId) return known.actor;
    const actor = load();
    this.bySession.delete(sessionId);
    if (this.bySession.size >= mostRemembered) this.bySession.delete(this.bySession.keys().next().value ?? '');
    const remembered = { userId, actor, until: now + this.config.actorCacheMs };
    this.bySession.set(sessionId, remembered);
    actor.catch(() => this.bySession.get(sessionId) === remembered && this.bySession.delete(sessionId));
    return actor;
  }

  forget(sessionId: string): void {
    this.bySession.delete(sessionId);
  }

  /** When the transaction is over: what is read before it commits would be remembered as it was. */
  forgetUserAfter(session: ClientSession, userId: string): void {
    session.once('ended', () => {
      for (const [sessionId, remembered] of this.bySession) if (remembered.userId === userId) this.bySession.delete(sessionId);
    });
  }
}

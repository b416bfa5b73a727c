import { Inject, Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { type Actor, ApiKeyReader } from '../kernel/actor/actor.js';
import { Members } from '../kernel/actor/members.js';
import { Clock } from '../kernel/clock.js';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { InvalidApiKey } from '../kernel/fault/common-faults.js';
import { ShortMemory } from '../kernel/short-memory.js';
import { type ApiKey, isGood } from './api-key.js';
import { KeySecrets } from './key-secrets.js';
import { KeysRepository } from './keys.repository.js';

const mostRemembered = 20_000;
/** A use is written down at most so often. */
const writtenEveryMs = 60_000;
const longestSecret = 200;

interface Remembered {
  key: ApiKey;
}

/** Turns a key into who uses it now: the key and its owner's role are the database's, remembered for as long as a role may be. */
@Injectable()
export class KeyActors extends ApiKeyReader {
  private readonly known: ShortMemory<Remembered>;

  constructor(
    private readonly keys: KeysRepository,
    private readonly secrets: KeySecrets,
    private readonly members: Members,
    private readonly clock: Clock,
    @Inject(CONFIG) { actorCacheMs }: Pick<Config, 'actorCacheMs'>,
  ) {
    super();
    this.known = new ShortMemory(mostRemembered, actorCacheMs);
  }

  async read(secret: string): Promise<Actor> {
    if (secret === '' || secret.length > longestSecret) throw new InvalidApiKey();
    const hashes = this.secrets.hashes(secret);
    const found = await this.find(hashes);
    const now = this.clock.now();
    if (!found || !isGood(found.key, hashes, now)) throw new InvalidApiKey();
    const { _id, tenantId, ownerId, scopes } = found.key;
    const owner = await this.members.find(tenantId, ownerId);
    if (!owner) throw new InvalidApiKey();
    await this.noteUse(found, now);
    const { role, name, email = owner.username ?? '' } = owner;
    return { userId: ownerId, tenantId, role, email, name, sessionId: _id, key: { id: _id, scopes } };
  }

  forgetAfter(session: ClientSession, id: string): void {
    this.known.forgetAfter(session, ({ key }) => key._id === id);
  }

  private async find(hashes: readonly string[]): Promise<Remembered | null> {
    const [hash = ''] = hashes;
    const known = this.known.get(hash);
    if (known) return known;
    const key = await this.keys.findBySecret(hashes);
    if (!key) return null;
    const found = { key };
    this.known.set(hash, found);
    return found;
  }

  private async noteUse(found: Remembered, now: Date): Promise<void> {
    const { _id, lastUsedAt } = found.key;
    const notSince = new Date(now.getTime() - writtenEveryMs);
    if (lastUsedAt && lastUsedAt > notSince) return;
    found.key = { ...found.key, lastUsedAt: now };
    await this.keys.touch(_id, now, notSince);
  }
}

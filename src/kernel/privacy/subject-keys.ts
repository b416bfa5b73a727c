import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { ClientSession, Collection } from 'mongodb';
import { Keys } from '../config/keys.js';
import { raise } from '../fault/fault.js';
import type { CollectionSpec } from '../mongo/collection-spec.js';
import { Database } from '../mongo/database.js';
import { decrypt, encrypt } from './sealing.js';

interface SubjectKey {
  /** The user's id. */
  readonly _id: string;
  /** Sealed with the installation's own key; an erased person has none, and never gets another. */
  readonly key?: string;
}
export const subjectKeysCollection: CollectionSpec = { name: 'subject_keys', indexes: [] };

const remembered = { max: 10_000, ttl: 5_000 };

/**
 * Seals what people wrote about a person with a key of that person's own. Records that must never change keep the sealed text;
 * when the person is erased the key goes, and nobody can read it again.
 */
@Injectable()
export class SubjectKeys {
  private readonly rows: Collection<SubjectKey>;
  private readonly known = new LRUCache<string, Buffer>(remembered);

  constructor(
    database: Database,
    private readonly keys: Keys,
  ) {
    this.rows = database.collection<SubjectKey>(subjectKeysCollection.name);
  }

  /** For an erased person it is sealed too, with a key that nobody keeps. */
  async seal(userId: string, text: string): Promise<string> {
    return encrypt((await this.find(userId)) ?? (await this.make(userId)), text);
  }

  /** Null where the person was erased. */
  async open(userId: string, sealed: string): Promise<string | null> {
    const key = await this.find(userId);
    return key ? decrypt([key], sealed) : null;
  }

  /** The row stays, without its key: a request of the same moment must not make a new one. */
  async destroy(session: ClientSession, userId: string): Promise<void> {
    await this.rows.replaceOne({ _id: userId }, {}, { session, upsert: true });
    // What is read before the commit would be remembered.
    session.once('ended', () => this.known.delete(userId));
  }

  private async find(userId: string): Promise<Buffer | null> {
    const known = this.known.get(userId);
    if (known) return known;
    const row = await this.rows.findOne({ _id: userId });
    return row?.key === undefined ? null : this.read(userId, row.key);
  }

  private async make(userId: string): Promise<Buffer> {
    const made = randomBytes(32);
    const key = encrypt(this.keys.of('encryption'), made.toString('base64'));
    await this.rows.updateOne({ _id: userId }, { $setOnInsert: { key } }, { upsert: true });
    const row = await this.rows.findOne({ _id: userId });
    if (row?.key === undefined) return made;
    // Of two who made one at once, the first stands.
    return this.read(userId, row.key) ?? raise(new Error('The key of a person cannot be read with this APP_SECRET'));
  }

  private read(userId: string, sealed: string): Buffer | null {
    const text = decrypt(this.keys.accepted('encryption'), sealed);
    if (text === null) return null;
    const key = Buffer.from(text, 'base64');
    this.known.set(userId, key);
    return key;
  }
}

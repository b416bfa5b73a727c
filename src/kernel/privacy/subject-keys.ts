import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { ClientSession, Collection } from 'mongodb';
import { Keys } from '../config/keys.js';
import type { CollectionSpec } from '../mongo/collection-spec.js';
import { Database } from '../mongo/database.js';

interface SubjectKey {
  /** The user's id. */
  readonly _id: string;
  /** Sealed with the installation's own key. */
  readonly key: string;
}
export const subjectKeysCollection: CollectionSpec = { name: 'subject_keys', indexes: [] };

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;
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

  async seal(userId: string, text: string): Promise<string> {
    return encrypt(await this.keyOf(userId), text);
  }

  /** Null where the person was erased. */
  async open(userId: string, sealed: string): Promise<string | null> {
    const key = this.known.get(userId) ?? (await this.stored(userId));
    return key ? decrypt([key], sealed) : null;
  }

  async destroy(session: ClientSession, userId: string): Promise<void> {
    await this.rows.deleteOne({ _id: userId }, { session });
    this.known.delete(userId);
  }

  private async keyOf(userId: string): Promise<Buffer> {
    const known = this.known.get(userId) ?? (await this.stored(userId));
    if (known) return known;
    const key = encrypt(this.keys.of('encryption'), randomBytes(32).toString('base64'));
    await this.rows.updateOne({ _id: userId }, { $setOnInsert: { key } }, { upsert: true });
    // Of two who made one at once, the first stands.
    return (await this.stored(userId)) ?? this.keyOf(userId);
  }

  private async stored(userId: string): Promise<Buffer | null> {
    const row = await this.rows.findOne({ _id: userId });
    const text = row && decrypt(this.keys.accepted('encryption'), row.key);
    if (!text) return null;
    const key = Buffer.from(text, 'base64');
    this.known.set(userId, key);
    return key;
  }
}

/** AES-256-GCM (NIST SP 800-38D): nonce, tag and text, base64url. */
function encrypt(key: Buffer, text: string): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, key, iv);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** Null where none of the keys fits. */
function decrypt(keys: readonly Buffer[], sealed: string): string | null {
  const bytes = Buffer.from(sealed, 'base64url');
  for (const key of keys) {
    try {
      const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
      decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString('utf8');
    } catch {
      // another key's, or damaged
    }
  }
  return null;
}

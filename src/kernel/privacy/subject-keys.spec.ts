import { createHash } from 'node:crypto';
import type { Collection } from 'mongodb';
import { testDatabaseUri } from '../../../test/support/database.js';
import { Keys } from '../config/keys.js';
import { Database } from '../mongo/database.js';
import { SubjectKeys } from './subject-keys.js';

interface Row {
  readonly _id: string;
  readonly key?: string;
}

let database: Database;
let rows: Collection<Row>;
let count = 0;
let userId: string;

beforeAll(async () => {
  database = await Database.connect(testDatabaseUri('subject_keys'));
  await database.db.createCollection('subject_keys');
  rows = database.collection<Row>('subject_keys');
});
beforeEach(() => {
  userId = `usr_${++count}`;
});
afterAll(async () => {
  await database.db.dropDatabase();
  await database.client.close();
});

const secret = (text: string) => createHash('sha256').update(text).digest();
const now = new Keys(secret('now'));
/** A process of the product that remembers nothing yet. */
const node = (keys = now) => new SubjectKeys(database, keys);
const erase = (keys: SubjectKeys, id = userId) =>
  database.client.withSession((session) => session.withTransaction(() => keys.destroy(session, id)));

describe('a text', () => {
  it.each([
    ['plain', 'Refund for the broken lamp'],
    ['with other letters', 'Zoë paid 10 €, 👍'],
    ['of one space', ' '],
    ['long', 'x'.repeat(5_000)],
  ])('%s can be read again', async (_case, text) => {
    const keys = node();
    const sealed = await keys.seal(userId, text);
    expect([await keys.open(userId, sealed), await node().open(userId, sealed)]).toEqual([text, text]);
  });

  it('is not to be seen in what is sealed, which is another one every time', async () => {
    const keys = node();
    const [one, other] = [await keys.seal(userId, 'lamp lamp lamp'), await keys.seal(userId, 'lamp lamp lamp')];
    expect(one).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(one).not.toBe(other);
    expect(Buffer.from(one, 'base64url').toString('latin1')).not.toContain('lamp');
  });

  it('is of one person: another one does not open it', async () => {
    const keys = node();
    const sealed = await keys.seal(userId, 'mine');
    await keys.seal('usr_other', 'theirs');
    expect(await keys.open('usr_other', sealed)).toBeNull();
    expect(await keys.open('usr_without_a_key', sealed)).toBeNull();
  });

  it.each([
    ['cut off', (sealed: string) => sealed.slice(0, -2)],
    ['changed in its first byte', (sealed: string) => (sealed.startsWith('A') ? 'B' : 'A') + sealed.slice(1)],
    ['empty', () => ''],
    ['something else', () => 'not sealed at all'],
  ])('that was %s is not opened', async (_case, damage) => {
    const keys = node();
    expect(await keys.open(userId, damage(await keys.seal(userId, 'as it was')))).toBeNull();
  });
});

describe('the key of a person', () => {
  it('is one, also where many ask for the first time at once, on several nodes', async () => {
    const nodes = [node(), node(), node()];
    const texts = Array.from({ length: 30 }, (_, index) => `text ${index}`);
    const sealed = await Promise.all(texts.map((text, index) => (nodes[index % 3] ?? node()).seal(userId, text)));
    expect(await rows.countDocuments({ _id: userId })).toBe(1);
    const fresh = node();
    expect(await Promise.all(sealed.map((one) => fresh.open(userId, one)))).toEqual(texts);
  });

  it('is stored sealed, by this installation', async () => {
    const sealed = await node().seal(userId, 'mine');
    const row = await rows.findOne({ _id: userId });
    expect(Object.keys(row ?? {})).toEqual(['_id', 'key']);
    // 32 bytes as base64, with nonce and tag.
    expect(Buffer.from(row?.key ?? '', 'base64url')).toHaveLength(12 + 16 + 44);
    expect(await node(new Keys(secret('another'))).open(userId, sealed)).toBeNull();
  });

  it('outlives a rotation of the secret', async () => {
    const sealed = await node().seal(userId, 'before');
    const rotated = node(new Keys(secret('next'), secret('now')));
    expect(await rotated.open(userId, sealed)).toBe('before');
    expect(await rotated.open(userId, await rotated.seal(userId, 'after'))).toBe('after');
  });

  it('that cannot be read any more is not used, and not replaced', async () => {
    await node().seal(userId, 'before');
    const row = await rows.findOne({ _id: userId });
    const stranger = node(new Keys(secret('lost')));
    await expect(stranger.seal(userId, 'after')).rejects.toThrow('The key of a person cannot be read with this APP_SECRET');
    expect(await rows.findOne({ _id: userId })).toEqual(row);
  });
});

describe('an erased person', () => {
  it('has left nothing that could be read', async () => {
    const keys = node();
    const sealed = [await keys.seal(userId, 'one'), await keys.seal(userId, 'two')];
    await erase(keys);
    for (const reader of [keys, node()]) {
      expect(await Promise.all(sealed.map((one) => reader.open(userId, one)))).toEqual([null, null]);
    }
    expect(await rows.findOne({ _id: userId })).toEqual({ _id: userId });
  });

  it('gets no new key: what was on its way is sealed and can never be opened', async () => {
    const keys = node();
    await keys.seal(userId, 'before');
    await erase(keys);
    for (const writer of [keys, node()]) {
      const late = await writer.seal(userId, 'a moment too late');
      expect([await writer.open(userId, late), await node().open(userId, late)]).toEqual([null, null]);
    }
    expect(await rows.findOne({ _id: userId })).toEqual({ _id: userId });
  });

  it('needs no key to be erased', async () => {
    const keys = node();
    await erase(keys);
    expect(await keys.open(userId, await keys.seal(userId, 'late'))).toBeNull();
  });

  it('is forgotten when the transaction is over, also by who read in the meantime', async () => {
    const keys = node();
    const sealed = await keys.seal(userId, 'mine');
    await database.client.withSession((session) =>
      session.withTransaction(async () => {
        await keys.destroy(session, userId);
        expect(await keys.open(userId, sealed)).toBe('mine');
      }),
    );
    expect(await keys.open(userId, sealed)).toBeNull();
  });

  it('is remembered by another node for a few seconds at most', async () => {
    const other = node();
    const sealed = await other.seal(userId, 'mine');
    await erase(node());
    const present = performance.now();
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => present + 5_001);
    try {
      expect(await other.open(userId, sealed)).toBeNull();
    } finally {
      clock.mockRestore();
    }
  });

  it('is not erased where the transaction came to nothing', async () => {
    const keys = node();
    const sealed = await keys.seal(userId, 'mine');
    const cancelled = database.client.withSession((session) =>
      session.withTransaction(async () => {
        await keys.destroy(session, userId);
        throw new Error('something else failed');
      }),
    );
    await expect(cancelled).rejects.toThrow('something else failed');
    expect([await keys.open(userId, sealed), await node().open(userId, sealed)]).toEqual(['mine', 'mine']);
  });

  it('takes nobody else along', async () => {
    const keys = node();
    const sealed = await keys.seal('usr_stays', 'still here');
    await keys.seal(userId, 'gone');
    await erase(keys);
    expect(await node().open('usr_stays', sealed)).toBe('still here');
  });
});

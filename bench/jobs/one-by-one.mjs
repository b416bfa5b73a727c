import { Database } from '../../dist/kernel/mongo/database.js';

/**
 * Jobs a second of a queue that claims each job by itself and ends it by itself, as most do: the same durability, no groups.
 * @param {string} uri
 * @param {number} count
 * @param {number} concurrency
 */
export async function drainOneByOne(uri, count, concurrency) {
  const database = await Database.connect(uri);
  const rows = await database.db.createCollection('jobs');
  await rows.createIndex({ state: 1, runAt: 1 });
  const runAt = new Date();
  await rows.insertMany(Array.from({ length: count }, () => ({ state: 'waiting', runAt, attempts: 0 })));
  const begun = performance.now();
  const work = async () => {
    for (;;) {
      const lease = { token: Math.random(), until: new Date(Date.now() + 30_000) };
      const claim = { $set: { state: 'running', lease }, $inc: { attempts: 1 } };
      const job = await rows.findOneAndUpdate({ state: 'waiting', runAt: { $lte: new Date() } }, claim, { sort: { runAt: 1 } });
      if (!job) return;
      await rows.updateOne({ _id: job._id, 'lease.token': lease.token }, { $set: { state: 'done' }, $unset: { lease: '' } });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const rate = count / ((performance.now() - begun) / 1000);
  const done = await rows.countDocuments({ state: 'done', attempts: 1 });
  if (done !== count) throw new Error(`${done} of ${count} jobs ran once, one by one`);
  await database.client.close();
  return rate;
}

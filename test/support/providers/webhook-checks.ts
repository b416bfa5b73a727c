import assert from 'node:assert/strict';
import { type Check, Trial } from './trial.js';

/** Whom a connector believes. */
export const webhookChecks: readonly Check[] = [
  {
    name: 'believes the provider, and reads what it tells',
    async run(bench) {
      const trial = new Trial(bench);
      const { providerId } = await trial.captured(1250);
      const { headers, body, at } = await bench.webhook(trial.reference);
      assert.equal(await trial.provider.verifyWebhook(headers, body, at), true);
      assert.equal(await trial.provider.verifyWebhook(headers, body, at), true, 'It is believed only once');
      const events = trial.provider.parseWebhook(body);
      assert.ok(events.length > 0, 'It tells nothing');
      for (const event of events) {
        assert.ok(event.providerId === providerId || event.reference === trial.reference, 'It is about another payment');
        assert.ok(event.eventId !== '' && event.type !== '' && !Number.isNaN(event.occurredAt.getTime()));
      }
    },
  },
  {
    name: 'believes nobody else',
    async run(bench) {
      const trial = new Trial(bench);
      await trial.captured(1250);
      const genuine = await bench.webhook(trial.reference);
      assert.equal(await trial.provider.verifyWebhook(genuine.headers, genuine.body, genuine.at), true);
      const forgeries = await bench.forgeries(genuine);
      assert.ok(forgeries.length >= 12, 'There are fewer than twelve forgeries');
      for (const { name, headers, body, at } of forgeries) {
        assert.equal(await trial.provider.verifyWebhook(headers, body, at), false, `It believes ${name}`);
      }
    },
  },
  {
    name: 'does not read what is no webhook',
    async run(bench) {
      const { provider } = new Trial(bench);
      for (const body of ['', '{', 'null', '[]', '{}', '"text"'])
        assert.throws(() => provider.parseWebhook(Buffer.from(body)), Error, body);
    },
  },
];

import type { LedgerCommand, Posted } from '../../../src/ledger/ledger.js';
import type { randomOf } from '../random.js';
import type { Bench } from './bench.js';
import { commandsOf, legs } from './commands.js';

const minute = 60_000;
const owners = ['ann', 'bob', 'cid', 'dan'];
const texts = ['', 'Rent', 'caf\u00e9 \ud83d\ude00', 'half a pair \ud83d', '"\\\n\u0000\u2028', 'x'.repeat(400), '\udc00 the other half'];

/**
 * A tenant's ledger in which everything has happened that can: grants, spends, transfers, holds that are open, committed, committed
 * in part, voided and expired, reversals in full and in part, a second and a third asset, numbers near the largest, texts that are
 * no text, and then `rounds` of the same at random, several at once. Refusals are a part of it.
 */
export async function liveIn(bench: Bench, tenantId: string, random: ReturnType<typeof randomOf>, rounds: number): Promise<void> {
  const of = commandsOf(tenantId);
  const { writer } = bench.node();
  const post = async (command: LedgerCommand): Promise<number> => (await writer.post(command)).entry.n;
  const later = (ms: number) => new Date(bench.clock.now().getTime() + ms);
  const meta = { nested: { list: [1, null, true, 'half \udc00'] }, largest: Number.MAX_SAFE_INTEGER, '7': -1 };

  const grant = await post(of.grant('ann', 10_000, { memo: texts[3] as string, meta, key: 'first', requestHash: 'asked first' }));
  await post(of.grant('bob', 5_000, { memo: texts[2] as string, meta: { order: 'o-1', lines: [] } }));
  await post(of.move(legs('@issuance:EUR' as never, 'ann:EUR' as never, 700), { kind: 'grant' }));
  await post(of.move(legs('@issuance:BIG' as never, 'whale:BIG' as never, 2 ** 52), { kind: 'grant' }));
  await post(of.move(legs('whale:BIG' as never, 'other:with:colons:BIG' as never, 2 ** 52 - 1), { kind: 'transfer' }));
  const spend = await post(of.spend('ann', 300));
  const transfer = await post(of.transfer('ann', 'bob', 1_000));
  const holds = [];
  for (const amount of [100, 200, 300, 400, 500])
    holds.push(await post(of.hold('bob', amount, later(amount < 400 ? minute : 60 * minute))));
  const [whole, part, expired, voided] = holds as [number, number, number, number];
  await post(of.commit(whole));
  await post(of.commit(part, 150));
  await post(of.cancel(voided));
  await post(of.reverse(transfer, 400));
  await post(of.reverse(transfer, 100));
  await post(of.reverse(spend));
  bench.clock.advance(minute);
  await post(of.expire(expired));
  await post(of.grant('ann', 1, { key: 'first but one' }));

  let last = grant;
  const someone = () => random.pick(owners);
  const some = () => 1 + random.below(300);
  const earlier = () => 1 + random.below(last);
  const commands: readonly (() => LedgerCommand)[] = [
    () => of.grant(someone(), some(), { memo: random.pick(texts) }),
    () => of.spend(someone(), some(), { meta: { reason: random.pick(texts), at: random.below(9) } }),
    () => of.transfer(someone(), someone(), some()),
    () => of.hold(someone(), some(), later(random.below(10 * minute))),
    () => of.commit(earlier(), random.pick([undefined, some()])),
    () => of.cancel(earlier()),
    () => of.expire(earlier()),
    () => of.reverse(earlier(), random.pick([undefined, 1 + random.below(20)])),
  ];
  for (let round = 0; round < rounds; round++) {
    const posted = await Promise.allSettled(Array.from({ length: 1 + random.below(12) }, () => writer.post(random.pick(commands)())));
    last = Math.max(
      last,
      ...posted.filter((one): one is PromiseFulfilledResult<Posted> => one.status === 'fulfilled').map(({ value }) => value.entry.n),
    );
    bench.clock.advance(random.below(2 * minute));
  }
}

import { type Document, MongoClient } from 'mongodb';

export interface OracleFilter {
  readonly owner?: string;
  readonly status?: string;
  readonly from?: string;
  readonly before?: string;
}
interface Row {
  readonly createdBy: string;
  readonly status: string;
  readonly currency: string;
  readonly amountMinor: number;
  readonly initiatedAt: Date;
  readonly attempts: readonly Attempt[];
}
interface Attempt {
  readonly provider: string;
  readonly result: string;
  readonly latencyMs: number;
  readonly code?: string;
}

/** Answers from the stored payments alone what the product answers from its counts: written apart from it, to disagree with it. */
export class Oracle {
  private constructor(
    private readonly client: MongoClient,
    private readonly rows: readonly Row[],
  ) {}

  static async of(uri: string): Promise<Oracle> {
    const client = await MongoClient.connect(uri);
    const rows = await client.db().collection('payments').find<Row>({ live: true }).toArray();
    return new Oracle(client, rows);
  }

  get total(): number {
    return this.rows.length;
  }

  async buckets(): Promise<Document[]> {
    const all = await this.client.db().collection('payment_buckets').find().sort({ _id: 1 }).toArray();
    return all.map(({ writes: _writes, epoch: _epoch, generation: _generation, _id, ...bucket }) => ({
      ...bucket,
      _id: withoutGeneration(String(_id)),
    }));
  }

  close(): Promise<void> {
    return this.client.close();
  }

  count(filter: OracleFilter): number {
    return this.matching(filter).length;
  }

  volume(filter: OracleFilter): { currency: string; total_volume: number }[] {
    const sums = groups(this.matching(filter), ({ currency }) => currency);
    return sums.map(([currency, rows]) => ({ currency, total_volume: rows.reduce((sum, { amountMinor }) => sum + amountMinor, 0) }));
  }

  latency(filter: OracleFilter): { provider: string; average_latency_ms: number }[] {
    return this.attemptsByProvider(filter).map(([provider, of]) => {
      return { provider, average_latency_ms: of.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / of.length };
    });
  }

  /** The true ones, of the sorted latencies. */
  percentiles(filter: OracleFilter): { provider: string; attempts: number; p50: number; p95: number; p99: number }[] {
    return this.attemptsByProvider(filter).map(([provider, of]) => {
      const sorted = of.map(({ latencyMs }) => latencyMs).sort((one, other) => one - other);
      const at = (hundredths: number) => sorted[Math.floor((hundredths * (sorted.length - 1)) / 100)] ?? NaN;
      return { provider, attempts: of.length, p50: at(50), p95: at(95), p99: at(99) };
    });
  }

  attempts(filter: OracleFilter): { made: number; succeeded: number; rate: number | null } {
    const results = this.matching(filter).flatMap((row) => row.attempts.map(({ result }) => result));
    const succeeded = results.filter((result) => result === 'success').length;
    return { made: results.length, succeeded, rate: results.length === 0 ? null : succeeded / results.length };
  }

  failover({ status: _status, ...filter }: OracleFilter): { attempted: number; recovered: number; share: number | null } {
    const stories = this.matching({ ...filter, status: 'success' }).map((row) => row.attempts.map(({ result }) => result).join());
    const attempted = stories.filter((story) => story !== '').length;
    const recovered = stories.filter((story) => /failure.*success/.test(story)).length;
    return { attempted, recovered, share: attempted === 0 ? null : recovered / attempted };
  }

  declines(filter: OracleFilter): { code: string; count: number; providers: { provider: string; count: number }[] }[] {
    const failed = this.matching(filter).flatMap((row) => row.attempts.filter(({ result }) => result === 'failure'));
    return groups(failed, ({ code }) => code ?? 'unspecified').map(([code, of]) => {
      const providers = groups(of, ({ provider }) => provider).map(([provider, its]) => ({ provider, count: its.length }));
      return { code, count: of.length, providers };
    });
  }

  statuses(filter: OracleFilter): { status: string; count: number }[] {
    const counted = new Map(groups(this.matching(filter), ({ status }) => status));
    return ['success', 'pending', 'failed'].flatMap((status) => {
      const count = counted.get(status)?.length ?? 0;
      return count === 0 ? [] : [{ status, count }];
    });
  }

  private attemptsByProvider(filter: OracleFilter): [string, Attempt[]][] {
    const attempts = this.matching(filter).flatMap((row) => row.attempts);
    return groups(attempts, ({ provider }) => provider);
  }

  private matching({ owner, status, from, before }: OracleFilter): Row[] {
    return this.rows.filter(
      (row) =>
        (owner === undefined || row.createdBy === owner) &&
        (status === undefined || row.status === status) &&
        (from === undefined || row.initiatedAt >= new Date(from)) &&
        (before === undefined || row.initiatedAt < new Date(before)),
    );
  }
}

const withoutGeneration = (id: string): string => id.replace(/^([^:]+):\d+:/, '$1:');

function groups<Item>(items: readonly Item[], keyOf: (item: Item) => string): [string, Item[]][] {
  const found = new Map<string, Item[]>();
  for (const item of items) found.set(keyOf(item), [...(found.get(keyOf(item)) ?? []), item]);
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1));
}

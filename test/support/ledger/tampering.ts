import type { Collection, Db } from 'mongodb';
import type { randomOf } from '../random.js';

type Random = ReturnType<typeof randomOf>;
export type Row = { readonly _id: string; readonly tenantId: string } & Readonly<Record<string, unknown>>;

export const names = ['ledger_batches', 'ledger_transactions', 'ledger_accounts', 'ledger_anchors'] as const;
export type Name = (typeof names)[number];

/** A duplicate, and a list in two fields of one index. */
const refusedByIndex: readonly unknown[] = [11000, 171];

/** A change made past the product, that can be undone. `near` are rows of which one should be named. */
export interface Tampering {
  readonly kind: string;
  readonly what: string;
  readonly near: readonly string[];
}

/** What somebody with access to the database, and without the key, does to a ledger. */
export class Tamperer {
  private undo: (() => Promise<void>)[] = [];

  constructor(
    private readonly db: Db,
    private readonly random: Random,
  ) {}

  rows(name: Name): Collection<Row> {
    return this.db.collection<Row>(name);
  }

  /** One of those kinds at random, on rows at random; undefined where an index refuses it or it would change nothing. */
  tamper(): Promise<Tampering | undefined> {
    const kinds = ['edit', 'edit', 'edit', 'edit', 'removeField', 'addField', 'deleteRow', 'insert', 'swap'] as const;
    const kind = this.random.pick(kinds);
    return this.attempt(() => this[kind]());
  }

  async attempt(change: () => Promise<Tampering | undefined>): Promise<Tampering | undefined> {
    try {
      return await change();
    } catch (error) {
      if (!refusedByIndex.includes((error as { code?: unknown }).code)) throw error;
      await this.restore();
      return undefined;
    }
  }

  async restore(): Promise<void> {
    for (const undo of this.undo.toReversed()) await undo();
    this.undo = [];
  }

  /** Takes the row out, exactly, and puts `others` in its place. */
  async replace(name: Name, row: Row, ...others: Row[]): Promise<void> {
    const rows = this.rows(name);
    // With the types that the driver would hide.
    const exact = await rows.findOne({ _id: row._id }, { promoteValues: false });
    await rows.deleteOne({ _id: row._id });
    this.undo.push(async () => {
      await rows.deleteMany({ _id: { $in: others.map(({ _id }) => _id) } });
      if (exact) await rows.insertOne(exact);
    });
    if (others.length > 0) await rows.insertMany(others);
  }

  /** Something else at this place of the row; undefined where it would be the same. */
  async editAt(name: Name, row: Row, path: readonly string[]): Promise<Tampering | undefined> {
    const before = path.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], row);
    const value = this.changed(before);
    if (value === before) return undefined;
    await this.update(name, row, { $set: { [path.join('.')]: value } });
    return this.made('edit', name, row, `${path.join('.')} = ${JSON.stringify(value)}`);
  }

  private async edit(): Promise<Tampering | undefined> {
    const { name, row } = await this.someRow();
    return this.editAt(name, row, this.random.pick(pathsOf(row)));
  }

  private async removeField(): Promise<Tampering> {
    const { name, row } = await this.someRow();
    const path = this.random.pick(pathsOf(row).filter((steps) => !steps.some((step) => /^\d+$/.test(step))));
    await this.update(name, row, { $unset: { [path.join('.')]: 1 } });
    return this.made('remove a field', name, row, path.join('.'));
  }

  private async addField(): Promise<Tampering> {
    const { name, row } = await this.someRow();
    const places = ['', ...pathsOf(row).flatMap((path) => path.slice(0, -1).map((_, index) => `${path.slice(0, index + 1).join('.')}.`))];
    // A list takes no field of a name.
    const place = this.random.pick(places.filter((prefix) => !/(postings|holds|list|lines)\.$/.test(prefix)));
    const field = `${place}${this.random.pick(['note', 'Z', 'spent2'])}`;
    await this.update(name, row, { $set: { [field]: this.random.pick([1, 'more', null]) } });
    return this.made('add a field', name, row, field);
  }

  /** Not of an anchor: the ledger is whole without one. */
  private async deleteRow(): Promise<Tampering> {
    const { name, row } = await this.someRow(names.slice(0, 3));
    await this.replace(name, row);
    return this.made('delete', name, row, '');
  }

  private async insert(): Promise<Tampering> {
    const { name, row } = await this.someRow();
    const far = 1 + this.random.below(2_000);
    const other = {
      ledger_batches: { _id: `${row.tenantId}/${far}`, seq: far },
      ledger_transactions: { _id: `${row.tenantId}/made up`, key: 'made up', n: far },
      ledger_accounts: { _id: `${row.tenantId}/eve:CREDIT`, account: 'eve:CREDIT', ownerId: 'eve' },
      ledger_anchors: { _id: `${row.tenantId}/${far}`, seq: far },
    }[name];
    const inserted = { ...row, ...other };
    await this.rows(name).insertOne(inserted);
    this.undo.push(async () => void (await this.rows(name).deleteOne({ _id: inserted._id })));
    const last = await this.rows('ledger_batches').countDocuments({ tenantId: row.tenantId });
    // A header far out may also say that all before it are lost.
    const lost = name === 'ledger_batches' ? [`${row.tenantId}/${last}`] : [];
    return { kind: 'insert', what: `${name} ${inserted._id}`, near: [inserted._id, ...lost] };
  }

  /** All but the ids. */
  private async swap(): Promise<Tampering> {
    const { name, row } = await this.someRow();
    const others = (await this.rows(name).find().toArray()).filter(({ _id }) => _id !== row._id);
    const other = this.random.pick(others);
    await this.replace(name, row);
    await this.replace(name, other, { ...other, _id: row._id }, { ...row, _id: other._id });
    const made = await Promise.all([this.made('swap', name, row, `with ${other._id}`), this.made('swap', name, other, '')]);
    return { ...made[0], near: made.flatMap(({ near }) => near) };
  }

  private async someRow(of: readonly Name[] = names): Promise<{ name: Name; row: Row }> {
    const name = this.random.pick(of);
    return { name, row: this.random.pick(await this.rows(name).find().sort({ _id: 1 }).toArray()) };
  }

  private async update(name: Name, row: Row, change: object): Promise<void> {
    const exact = await this.rows(name).findOne({ _id: row._id }, { promoteValues: false });
    this.undo.push(async () => {
      await this.rows(name).deleteOne({ _id: row._id });
      if (exact) await this.rows(name).insertOne(exact);
    });
    await this.rows(name).updateOne({ _id: row._id }, change);
  }

  /** The row, its batch, and the entries of a batch: a hash tells that one of them was changed, and not which. */
  private async made(kind: string, name: Name, row: Row, what: string): Promise<Tampering> {
    const batch = name === 'ledger_transactions' ? [`${row.tenantId}/${String(row.batch)}`] : [];
    const entries =
      name === 'ledger_batches' ? await this.rows('ledger_transactions').find({ tenantId: row.tenantId, batch: row.seq }).toArray() : [];
    return { kind, what: `${name} ${row._id} ${what}`, near: [row._id, ...batch, ...entries.map(({ _id }) => _id)] };
  }

  private changed(value: unknown): unknown {
    if (typeof value === 'number')
      return this.random.pick([value + 1, value - 1, -value - 1, value + 0.5, value + 2 ** 53, String(value), null]);
    if (typeof value === 'string') return this.random.pick([`${value}x`, `${value}\u0000`, ` ${value}`, 7, null, [value]]);
    if (value instanceof Date)
      return this.random.pick([new Date(value.getTime() + 1), new Date(value.getTime() - 1), value.toISOString(), null]);
    if (typeof value === 'boolean') return this.random.pick([!value, value ? 1 : 0]);
    return this.random.pick([0, 'null', false, NaN, { more: 1 }]);
  }
}

/** Of everything in it that is no list and no object, or is an empty one; but for the id, which cannot be edited. */
export function pathsOf(value: unknown, before: readonly string[] = []): string[][] {
  if (value === null || typeof value !== 'object' || value instanceof Date) return [[...before]];
  const fields = Object.entries(value).filter(([name]) => before.length > 0 || name !== '_id');
  return fields.length === 0 ? [[...before]] : fields.flatMap(([name, field]) => pathsOf(field, [...before, name]));
}

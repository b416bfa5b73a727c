import { BSON } from 'mongodb';

const slots = 16_384;
const longestKept = 32;

/**
 * Reads rows of the ledger's few types several times as fast as the driver, which is most of what a walk over millions costs.
 * Names and short texts, of which there are few, are made once. A row that holds anything else is read by the driver after all.
 */
export class RowReader {
  private row: Buffer = Buffer.alloc(0);
  private at = 0;
  private readonly texts: (string | undefined)[] = Array.from({ length: slots }, () => undefined);

  read(row: Buffer): unknown {
    this.row = row;
    this.at = 0;
    return this.object() ?? BSON.deserialize(row);
  }

  /** As `value`. */
  private object(): object | undefined {
    const { row } = this;
    const read: Record<string, unknown> = {};
    this.at += 4;
    for (let type; (type = row[this.at++]) !== 0;) {
      const name = this.name();
      const value = this.value(type);
      if (value === undefined || name === '__proto__') return undefined;
      read[name] = value;
    }
    return read;
  }

  private list(): unknown[] | undefined {
    const { row } = this;
    const read: unknown[] = [];
    this.at += 4;
    for (let type; (type = row[this.at++]) !== 0;) {
      // Of each place its number, which is not needed.
      while (row[this.at++] !== 0);
      const value = this.value(type);
      if (value === undefined) return undefined;
      read.push(value);
    }
    return read;
  }

  /** Types of https://bsonspec.org/spec.html; undefined for one that the ledger does not write. */
  private value(type: number | undefined): unknown {
    switch (type) {
      case 0x01:
        return this.row.readDoubleLE(this.skip(8));
      case 0x02:
        return this.text();
      case 0x03:
        return this.object();
      case 0x04:
        return this.list();
      case 0x08:
        return this.row[this.skip(1)] === 1;
      case 0x09:
        return new Date(this.long(this.skip(8)));
      case 0x0a:
        return null;
      case 0x10:
        return this.int(this.skip(4));
      case 0x12:
        return this.long(this.skip(8));
      default:
        return undefined;
    }
  }

  private name(): string {
    const start = this.at;
    while (this.row[this.at] !== 0) this.at++;
    return this.kept(start, this.at++);
  }

  private text(): string {
    const length = this.int(this.skip(4));
    const start = this.skip(length);
    const end = start + length - 1;
    return length <= longestKept ? this.kept(start, end) : this.row.toString('utf8', start, end);
  }

  private kept(start: number, end: number): string {
    const { row, texts } = this;
    let hash = end - start;
    for (let index = start; index < end; index++) hash = (Math.imul(hash, 31) + (row[index] as number)) | 0;
    const slot = hash & (slots - 1);
    const known = texts[slot];
    if (known !== undefined && isAt(row, start, end, known)) return known;
    return (texts[slot] = row.toString('utf8', start, end));
  }

  private skip(length: number): number {
    const start = this.at;
    this.at += length;
    return start;
  }

  private int(start: number): number {
    const { row } = this;
    return (
      (row[start] as number) | ((row[start + 1] as number) << 8) | ((row[start + 2] as number) << 16) | ((row[start + 3] as number) << 24)
    );
  }

  /** Beyond the safe integers it is not exact, and then no check lets it pass. */
  private long(start: number): number {
    return this.int(start + 4) * 0x1_0000_0000 + (this.int(start) >>> 0);
  }
}

/** Whether the text, if it is ASCII, has these bytes. */
function isAt(row: Buffer, start: number, end: number, text: string): boolean {
  if (text.length !== end - start) return false;
  for (let index = start; index < end; index++) if (text.charCodeAt(index - start) !== row[index]) return false;
  return true;
}

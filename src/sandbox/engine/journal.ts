import { appendFileSync, closeSync, ftruncateSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** One row put, or, with null, removed. */
export type Put = readonly [table: string, id: string, row: unknown];

/** A file of JSON lines that is only appended to. What a killed process had written stays; a line that it had only begun is cut off. */
export class Journal {
  private readonly file: number;

  constructor(private readonly path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.file = openSync(path, 'a+');
  }

  read(): (readonly Put[])[] {
    const bytes = readFileSync(this.path);
    const end = bytes.lastIndexOf('\n') + 1;
    if (end < bytes.length) ftruncateSync(this.file, end);
    const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as readonly Put[]);
  }

  append(puts: readonly Put[]): void {
    appendFileSync(this.file, `${JSON.stringify(puts)}\n`);
  }

  clear(): void {
    ftruncateSync(this.file, 0);
  }

  close(): void {
    closeSync(this.file);
  }
}

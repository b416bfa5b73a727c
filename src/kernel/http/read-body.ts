import { Busboy } from '@fastify/busboy';
import type { IncomingHttpHeaders } from 'node:http';
import sjson from 'secure-json-parse';
import { UnreadableBody } from '../fault/common-faults.js';
import { type Fault, Invalid, TooLarge, UnsupportedMedia } from '../fault/fault.js';
import { jsonOffset } from './json-offset.js';
import type { BodyKind } from '../dialect/voices.js';

export const bodyLimitBytes = 256 * 1024;
const depthLimit = 32;
const fieldLimit = 200;
const noNul = 'NUL characters are not allowed';
const utf8 = new TextDecoder('utf-8', { fatal: true });

const kinds: Readonly<Record<string, BodyKind>> = {
  'application/json': 'json',
  'application/x-www-form-urlencoded': 'form',
  'multipart/form-data': 'multipart',
};

/**
 * The fields of a request body, read as its content type says and only if the surface takes that type. An absent body is `{}`.
 * @throws UnsupportedMedia, UnreadableBody
 */
export async function readBody(raw: Buffer, headers: IncomingHttpHeaders, accepts: readonly BodyKind[]): Promise<unknown> {
  const type = headers['content-type'];
  if (raw.length === 0) return {};
  const kind = kinds[(type ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''];
  if (!kind || !accepts.includes(kind)) {
    throw new UnsupportedMedia('Unsupported Media Type', { context: { input: raw.toString('utf8', 0, 1000) } });
  }
  const text = decode(raw);
  if (kind === 'multipart') return readMultipart(raw, headers);
  return kind === 'json' ? readJson(text) : readForm(text);
}

function decode(raw: Buffer): string {
  try {
    return utf8.decode(raw);
  } catch (cause) {
    throw new UnreadableBody('The body is not valid UTF-8', { cause });
  }
}

/** JSON without prototype keys, NUL characters or nesting past the limit. */
export function readJson(text: string): unknown {
  assertShallow(text);
  let value: unknown;
  try {
    value = sjson.parse(text, { protoAction: 'error', constructorAction: 'error' });
  } catch (cause) {
    // It is JSON, with a name in it that may not be there.
    const isRead = (cause as Error).message.includes('forbidden prototype');
    throw new UnreadableBody('The body is not valid JSON', { cause, context: { offset: isRead ? 0 : jsonOffset(text) } });
  }
  // An even number of backslashes before the escape makes it the text \\u0000, which is harmless.
  if (/(?<!\\)(?:\\\\)*\\u0000/.test(text)) throw new Invalid(noNul);
  return value;
}

/** Counts brackets outside strings, so that a hostile nesting is refused before anything recurses into it. */
function assertShallow(text: string): void {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (quoted) {
      if (code === 0x5c) index++;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > depthLimit) throw new UnreadableBody(`The body is nested more than ${depthLimit} levels deep`);
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
}

/** Also not as JSON escapes, because a field may hold JSON. */
function assertNoNul(text: string): void {
  if (text.includes('\0') || text.includes('\\u0000')) throw new Invalid(noNul);
}

const decoded = (part: string): string => decodeURIComponent(part.replaceAll('+', ' '));

/** Refuses what the lenient parser of the framework would hand on as it stands. */
export function assertReadableQuery(url: string): void {
  const at = url.indexOf('?');
  if (at >= 0) readForm(url.slice(at + 1), (cause) => new Invalid('The query is not valid', { cause }));
}

const brokenForm = (cause: unknown): Fault => new UnreadableBody('The body is not a valid form', { cause });

function readForm(text: string, broken = brokenForm): Record<string, unknown> {
  const fields = new Fields();
  try {
    for (const pair of text.split('&')) {
      if (pair === '') continue;
      const at = pair.indexOf('=');
      fields.add(decoded(at < 0 ? pair : pair.slice(0, at)), at < 0 ? '' : decoded(pair.slice(at + 1)));
    }
  } catch (cause) {
    if (cause instanceof URIError) throw broken(cause);
    throw cause;
  }
  return fields.values;
}

function readMultipart(raw: Buffer, headers: IncomingHttpHeaders): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const broken = (cause?: unknown) => reject(new UnreadableBody('The body is not valid multipart data', { cause }));
    try {
      const fields = new Fields();
      const parser = new Busboy({
        headers: { ...headers, 'content-type': headers['content-type'] ?? '' },
        limits: { fields: fieldLimit, files: 0, fieldSize: bodyLimitBytes, headerPairs: 20 },
      });
      const attempt = (work: () => void) => {
        try {
          work();
        } catch (fault) {
          reject(fault);
        }
      };
      parser.on('field', (name, value) => attempt(() => fields.add(name, value)));
      parser.on('filesLimit', () => reject(new Invalid('Files are not accepted, only text fields')));
      parser.on('fieldsLimit', () => reject(new TooLarge('Too many fields')));
      parser.on('error', broken);
      parser.on('finish', () => (closes(raw, headers) ? resolve(fields.values) : broken()));
      parser.end(raw);
    } catch (cause) {
      broken(cause);
    }
  });
}

/** A multipart body without its closing boundary was cut off: the parser takes what there is, we do not. */
function closes(raw: Buffer, headers: IncomingHttpHeaders): boolean {
  const boundary = /boundary=(?:"([^"]+)"|([^;]+))/i.exec(headers['content-type'] ?? '');
  return raw.includes(`--${boundary?.[1] ?? boundary?.[2]?.trim()}--`);
}

/** Form fields as a plain record; a name given twice becomes a list, which no text field accepts. */
class Fields {
  readonly values: Record<string, unknown> = {};
  private count = 0;

  add(name: string, value: string): void {
    if (++this.count > fieldLimit) throw new TooLarge('Too many fields');
    if (name === '__proto__' || name === 'constructor' || name === 'prototype') throw new Invalid(`Field name ${name} is not allowed`);
    assertNoNul(name + value);
    const before = Object.hasOwn(this.values, name) ? this.values[name] : undefined;
    this.values[name] = before === undefined ? value : [before, value].flat();
  }
}

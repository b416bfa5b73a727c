import type { LookupAddress, LookupOptions } from 'node:dns';
import { type IncomingHttpHeaders, type IncomingMessage, request as overHttp, type RequestOptions } from 'node:http';
import { request as overHttps } from 'node:https';
import { Resolver } from './resolver.js';
import { hostOf, locate, readTarget, type Target, TargetRefused, type TargetRules } from './target.js';

export interface HttpOutRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** Breaks it off. */
  readonly signal?: AbortSignal;
}
export interface HttpOutReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As much of it as may be read. */
  readonly body: Buffer;
}
export interface HttpOutLimits {
  /** From the look-up of the name to the last byte. */
  readonly totalMs: number;
  readonly answerBytes: number;
}

const usual: HttpOutLimits = { totalMs: 20_000, answerBytes: 64 * 1024 };

/** There is no answer. The words may be shown: of an address that is not allowed they say no more than of one that does not exist. */
export class NoReply extends Error {}

/**
 * Everything that the product sends to others goes through here. The connection is made to an address that was checked, so that a
 * name which answers otherwise the next time gains nothing; a redirect is an answer like any other and is not followed.
 */
export class HttpOut {
  constructor(
    private readonly rules: TargetRules,
    private readonly resolver: Resolver,
    private readonly limits: HttpOutLimits = usual,
  ) {}

  /** @throws TargetRefused, and of those HostUnknown */
  async check(url: string): Promise<Target> {
    return locate(readTarget(url, this.rules), this.rules, this.resolver);
  }

  /** @throws NoReply */
  async send(request: HttpOutRequest): Promise<HttpOutReply> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), this.limits.totalMs);
    const signal = request.signal ? AbortSignal.any([deadline.signal, request.signal]) : deadline.signal;
    try {
      const target = await Promise.race([this.check(request.url), aborted(signal)]);
      return await this.exchange(target, request, signal);
    } catch (error) {
      throw new NoReply(this.wordsOf(error, deadline.signal), { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  private exchange({ url, addresses }: Target, { method, headers, body }: HttpOutRequest, signal: AbortSignal): Promise<HttpOutReply> {
    const open = url.protocol === 'https:' ? overHttps : overHttp;
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    const options: RequestOptions = {
      method,
      host: hostOf(url),
      port: url.port,
      path: url.pathname + url.search,
      headers: { ...headers, ...length, host: url.host, connection: 'close', 'accept-encoding': 'identity' },
      // A connection of its own: a pooled one would be somebody else's address.
      agent: false,
      lookup: pinnedTo(addresses),
      signal,
    };
    return new Promise((resolve, reject) => {
      const sent = open(options, (reply) => void this.read(reply).then(resolve, reject));
      sent.on('error', reject).end(body);
    });
  }

  private read(reply: IncomingMessage): Promise<HttpOutReply> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let room = this.limits.answerBytes;
      const settle = () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: Buffer.concat(chunks) });
      reply.on('data', (chunk: Buffer) => {
        chunks.push(chunk.subarray(0, room));
        room -= chunk.length;
        if (room > 0) return;
        settle();
        reply.destroy();
      });
      reply.once('end', settle).on('error', reject);
    });
  }

  private wordsOf(error: unknown, { aborted: isLate }: AbortSignal): string {
    if (isLate) return `No answer within ${this.limits.totalMs / 1000} s`;
    if (error instanceof TargetRefused) return 'The address cannot be reached';
    const { code } = error as NodeJS.ErrnoException;
    return `The connection failed${code === undefined ? '' : ` (${code})`}`;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(new Error('Aborted'));
    signal.addEventListener('abort', () => reject(new Error('Aborted')), { once: true });
  });
}

type Found = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** Answers every look-up with what was checked. */
const pinnedTo = (addresses: readonly LookupAddress[]) => (_name: string, options: LookupOptions, found: Found) => {
  const [first] = addresses;
  if (!first) return found(new Error('A target without an address'), '');
  if (options.all) found(null, [...addresses]);
  else found(null, first.address, first.family);
};

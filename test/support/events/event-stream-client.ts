import { once } from 'node:events';
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

export interface Frame {
  readonly id?: string;
  readonly event?: string;
  readonly data?: any; // oxlint-disable-line typescript/no-explicit-any -- a test says what it expects
  readonly comment?: string;
}

/** A client of Server-Sent Events that takes what it asks for, and no more. */
export class EventStreamClient {
  private text = '';
  private readonly chunks: AsyncIterator<string>;

  private constructor(
    private readonly response: IncomingMessage,
    /** Of an answer that is no stream. */
    readonly body: any, // oxlint-disable-line typescript/no-explicit-any -- a test says what it expects
  ) {
    this.chunks = response.iterator({ destroyOnReturn: false }) as AsyncIterator<string>;
  }

  /** On a connection of its own, which ends with it. `credential` is a token, unless the headers carry a key. */
  static async open(url: string, credential: string | undefined, headers: Record<string, string> = {}): Promise<EventStreamClient> {
    const authorization = credential !== undefined && { authorization: `Bearer ${credential}` };
    const request = get(url, { agent: false, headers: { ...authorization, ...headers } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.setEncoding('utf8');
    if (response.statusCode !== 200) return new EventStreamClient(response, JSON.parse((await response.toArray()).join('')));
    const client = new EventStreamClient(response, undefined);
    if ((await client.frame())?.comment !== 'open') throw new Error('The stream did not begin as it should');
    return client;
  }

  get status(): number {
    return this.response.statusCode ?? 0;
  }

  get headers(): IncomingHttpHeaders {
    return this.response.headers;
  }

  /** The next frame of whatever kind; undefined when the stream is over. */
  async frame(): Promise<Frame | undefined> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end >= 0) {
        const lines = this.text.slice(0, end).split('\n');
        this.text = this.text.slice(end + 2);
        return frameOf(lines);
      }
      const { done, value } = await this.chunks.next();
      if (done) return undefined;
      this.text += value;
    }
  }

  /** The next event, past comments; undefined when the stream is over. */
  async event(): Promise<Frame | undefined> {
    for (;;) {
      const frame = await this.frame();
      if (frame?.comment === undefined) return frame;
    }
  }

  async events(count: number): Promise<Frame[]> {
    const frames: Frame[] = [];
    while (frames.length < count) frames.push((await this.event()) ?? { comment: 'the stream is over' });
    return frames;
  }

  close(): void {
    this.response.destroy();
  }
}

function frameOf(lines: readonly string[]): Frame {
  const fields = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon) || 'comment', line.slice(colon + 2)];
  });
  const { data, ...rest } = Object.fromEntries(fields) as Record<string, string>;
  return { ...rest, ...(data !== undefined && { data: JSON.parse(data) as unknown }) };
}

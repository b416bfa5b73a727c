import { setTimeout as pause } from 'node:timers/promises';
import { boundedFetch } from '../../kernel/http-out/bounded-fetch.js';
import type { Draw } from '../../routing/chance.js';
import type { AskedOnce, RequestKind, Told } from './history.js';
import type { ServerNode } from './server-node.js';

const bounded = boundedFetch(2 ** 24);
const answerMs = 15_000;
/** Between two tries; a server takes seconds to start. */
const pauseMs = 150;
const patienceMs = 180_000;
/** Nobody takes the payment just now. */
const nobody = 'upstream_unavailable';
const mostTries = 100;

export interface Login {
  readonly email: string;
  readonly password: string;
}
/** As much of what is answered as somebody looks at. */
type Given = Pick<Told, 'id' | 'state'> & { readonly processing?: { readonly capturedMinor: number }; readonly accessToken?: string };
export interface Answer {
  readonly status: number;
  /** Empty where it was refused. */
  readonly data: Given;
  /** Why it was refused. */
  readonly code?: string | undefined;
}
interface Ask {
  readonly kind: RequestKind;
  readonly key: string;
  readonly path: string;
  readonly body: object;
  readonly paymentId?: string;
  readonly amountMinor?: number;
}

/** A client of two servers, either of which may be gone: what was not answered is sent again with its key, to the other one. */
export class ApiClient {
  readonly history: AskedOnce[] = [];
  readonly tally = { resent: 0, confirmed: 0, unavailable: 0 };
  /** Answers that no client should ever get. */
  readonly unexpected: string[] = [];
  private token = '';
  /** Why something was sent again. */
  private last = 'none';

  constructor(
    private readonly nodes: readonly ServerNode[],
    private readonly login: Login,
    private readonly draw: Draw,
  ) {}

  get(path: string): Promise<Answer> {
    return this.insist((node) => this.send(node, 'GET', path));
  }

  /** A write without a key, while no server is killed yet. */
  async set(path: string, body: object): Promise<Answer> {
    const answer = await this.insist((node) => this.send(node, 'POST', path, body));
    if (answer.status >= 300) throw new Error(`POST ${path} is answered ${answer.status} ${answer.code}`);
    return answer;
  }

  /** Until it is answered. One of ten is asked again after that, of the other server. */
  async ask({ path, body, ...asked }: Ask): Promise<Answer> {
    const once: AskedOnce = { ...asked, told: [] };
    this.history.push(once);
    let tries = 0;
    const send = async (node: ServerNode) => {
      if (tries++ > 0) this.tally.resent++;
      const answer = await this.send(node, 'POST', path, body, asked.key);
      // Nothing was sent: the end of it where no earlier try may still be at work.
      return answer?.code === nobody && tries > 1 && tries < mostTries ? undefined : answer;
    };
    const answer = await this.insist(send);
    once.told.push(toldOf(answer));
    if (this.draw() < 0.1) {
      const again = await this.insist(send);
      this.tally.confirmed++;
      once.told.push(toldOf(again));
    }
    return answer;
  }

  private async insist(send: (node: ServerNode) => Promise<Answer | undefined>): Promise<Answer> {
    const first = this.draw() < 0.5 ? 0 : 1;
    for (let tries = first, until = Date.now() + patienceMs; Date.now() < until; tries++) {
      const node = this.nodes[tries % this.nodes.length];
      const answer = node?.isUp ? await send(node) : undefined;
      if (answer) return answer;
      await pause(pauseMs * (0.5 + this.draw()));
    }
    throw new Error(`There is no answer for ${patienceMs / 1000} s, the last was ${this.last}`);
  }

  /** Undefined where it has to be sent again. */
  private async send(node: ServerNode, method: string, path: string, body?: object, key?: string): Promise<Answer | undefined> {
    const answer = await this.exchange(node, method, path, body, key);
    if (!answer) return undefined;
    if (answer.status === 401) {
      const signedIn = await this.exchange(node, 'POST', '/api/v1/auth/login', this.login);
      this.token = signedIn?.data.accessToken ?? this.token;
      return undefined;
    }
    const { status, code } = answer;
    if (status >= 500 && status !== 503) this.unexpected.push(`${method} ${path}: ${status} ${code}`);
    if ((status < 500 && code !== 'request_in_flight') || code === nobody) return answer;
    this.tally.unavailable++;
    this.last = `${status} ${code}`;
    return undefined;
  }

  private async exchange(node: ServerNode, method: string, path: string, body?: object, key?: string): Promise<Answer | undefined> {
    const headers = {
      authorization: `Bearer ${this.token}`,
      ...(body && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
    };
    try {
      const signal = AbortSignal.timeout(answerMs);
      const reply = await bounded(node.url + path, { method, headers, signal, ...(body && { body: JSON.stringify(body) }) });
      const { data = {}, error }: { data?: Given; error?: { code: string } } = JSON.parse(reply.text);
      return { status: reply.status, data, ...(error && { code: error.code }) };
    } catch (error) {
      this.last = String(error);
      return undefined;
    }
  }
}

function toldOf({ status, data, code }: Answer): Told {
  if (status >= 300) return { status, code };
  const { id = '', state, processing } = data;
  return { status, id, ...(state && { state }), ...(processing && { capturedMinor: processing.capturedMinor }) };
}

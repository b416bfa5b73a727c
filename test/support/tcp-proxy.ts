import { connect, createServer, type Server, type Socket } from 'node:net';

/** One way of one connection: what has arrived and was not let through yet. */
interface Way {
  readonly to: Socket;
  readonly kept: Buffer[];
  held: boolean;
  /** The sender has gone; what it had sent is still on its way. */
  ended: boolean;
}

/** Stands between a client and a server, understands nothing of what they say, and holds it back when it is told to. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private readonly requests = new Set<Way>();
  private awaited: { readonly text: string; readonly all: boolean; readonly seen: () => void } | undefined;
  private holdsAll = false;

  private constructor(private readonly server: Server) {}

  static async before(targetPort: number): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server);
    server.on('connection', (client: Socket) => proxy.join(client, connect(targetPort, '127.0.0.1')));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** Holds back the next request that has `text` in it and what follows on its connection, or on all of them; resolves when it came. */
  holdFrom(text: string, { all = false } = {}): Promise<void> {
    return new Promise((seen) => (this.awaited = { text, all, seen }));
  }

  /** Lets through, in order, what was held back, and what comes. */
  release(): void {
    this.holdsAll = false;
    for (const way of this.requests) {
      way.held = false;
      for (const chunk of way.kept.splice(0)) way.to.write(chunk);
      if (way.ended) this.leave(way);
    }
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => void this.server.close(() => resolve()));
  }

  private join(client: Socket, upstream: Socket): void {
    const way: Way = { to: upstream, kept: [], held: false, ended: false };
    this.requests.add(way);
    for (const socket of [client, upstream]) this.sockets.add(socket.setNoDelay(true).on('error', () => {}));
    client.on('data', (chunk: Buffer) => this.pass(way, chunk));
    upstream.on('data', (chunk) => client.write(chunk));
    client.on('close', () => {
      way.ended = true;
      if (way.kept.length === 0) this.leave(way);
    });
    upstream.on('close', () => client.destroy());
  }

  private pass(way: Way, chunk: Buffer): void {
    if (this.awaited && chunk.includes(this.awaited.text)) {
      const { all, seen } = this.awaited;
      this.awaited = undefined;
      way.held = true;
      this.holdsAll = all;
      seen();
    }
    if (way.held || this.holdsAll) way.kept.push(chunk);
    else way.to.write(chunk);
  }

  private leave(way: Way): void {
    this.requests.delete(way);
    way.to.end();
  }
}

import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A provider's own address. Closed, a connection to it is refused by the machine itself, which is the one way to tell a client for
 * certain that nothing was asked.
 */
export class Door {
  private server: Server | undefined;
  private port: number;

  constructor(
    private readonly host: string,
    port: number,
    private readonly listener: RequestListener,
  ) {
    this.port = port;
  }

  get url(): string {
    return `http://${this.host}:${this.port}`;
  }

  async open(): Promise<void> {
    if (this.server) return;
    const server = createServer(this.listener);
    this.server = server;
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(this.port, this.host, resolve));
    this.port = (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }
}

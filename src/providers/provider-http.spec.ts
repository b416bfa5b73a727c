import { createServer, type Server } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { type Receiver, startReceiver } from '../../test/support/receiver.js';
import { Deadline } from './deadline.js';
import { type Exchange, ProviderHttp } from './provider-http.js';

const ask = (baseUrl: string, timeoutMs = 20_000): Promise<Exchange> => {
  const request = { method: 'POST', path: '/pay', headers: { authorization: 'Bearer very-secret' }, body: '{}' } as const;
  return new ProviderHttp(baseUrl).send(request, new Deadline(timeoutMs));
};

describe('of a server that answers', () => {
  let server: Receiver;
  beforeEach(async () => {
    server = await startReceiver();
  });
  afterEach(() => server.close());

  it('says what it answered, with the JSON in it', async () => {
    server.answer((reply) => void reply.writeHead(402).end('{"code":1}'));
    expect(await ask(server.url)).toEqual({ kind: 'answered', status: 402, text: '{"code":1}', json: { code: 1 } });
    server.answer((reply) => void reply.writeHead(200).end('<html>'));
    expect(await ask(`${server.url}/`)).toEqual({ kind: 'answered', status: 200, text: '<html>', json: undefined });
    expect(server.received.map(({ path }) => path)).toEqual(['/pay', '/pay']);
  });

  it('follows it nowhere', async () => {
    server.answer((reply, { path }) => void (path === '/pay' ? reply.writeHead(307, { location: '/elsewhere' }).end() : reply.end('{}')));
    expect(await ask(server.url)).toMatchObject({ kind: 'answered', status: 307 });
    expect(server.received).toHaveLength(1);
  });

  it('keeps its connections', async () => {
    server.answer((reply) => void reply.end('{}'));
    for (let times = 0; times < 20; times++) await ask(server.url);
    expect(server.connections()).toBeLessThan(10);
  });

  it('reads a megabyte and no more', async () => {
    server.answer((reply) => void reply.end(JSON.stringify('x'.repeat(1_000_000))));
    expect(await ask(server.url)).toMatchObject({ kind: 'answered' });
    server.answer((reply) => void reply.end(JSON.stringify('x'.repeat(1_100_000))));
    expect(await ask(server.url)).toEqual({ kind: 'broken-off', because: 'The connection broke off' });
  });

  it('does not wait for what drips', async () => {
    server.answer((reply) => {
      const drip = setInterval(() => reply.write(' '), 20);
      reply.on('close', () => clearInterval(drip));
    });
    expect(await ask(server.url, 300)).toEqual({ kind: 'broken-off', because: 'No answer in time' });
  });

  it('does not send what there is no time for', async () => {
    expect(await ask(server.url, 0)).toMatchObject({ kind: 'never-sent' });
    expect(server.received).toEqual([]);
  });
});

describe('of what nobody answers, that it', () => {
  const listen = async (meet: (socket: Socket) => void): Promise<{ server: Server; port: number }> => {
    const server = createServer((socket) => meet(socket.on('error', () => {})));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { server, port: (server.address() as AddressInfo).port };
  };

  it.each(['http://127.0.0.1:2', 'http://no-such-host.invalid'])('was never sent to %s', async (url) => {
    expect(await ask(url)).toEqual({ kind: 'never-sent', because: 'The provider cannot be reached' });
  });

  it('was never sent to a server that does not speak TLS', async () => {
    const { server, port } = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await ask(`https://127.0.0.1:${port}`)).toMatchObject({ kind: 'never-sent' });
    server.close();
  });

  it('may have arrived at one that hangs up', async () => {
    const { server, port } = await listen((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(await ask(`http://127.0.0.1:${port}`)).toEqual({ kind: 'broken-off', because: 'The connection broke off' });
    server.close();
  });
});

import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { elsewhere, privateHosts } from '../../../test/support/private-addresses.js';
import { type Receiver, startReceiver } from '../../../test/support/receiver.js';
import { HttpOut, NoReply } from './http-out.js';
import { Resolver } from './resolver.js';
import { HostUnknown, TargetRefused, type TargetRules } from './target.js';

const open: TargetRules = { httpsOnly: false, loopback: true };
/** As in production, but unencrypted, so that a listener without a certificate would be reached if anything were. */
const strict: TargetRules = { httpsOnly: false, loopback: false };
const limits = { totalMs: 2_000, answerBytes: 64 * 1024 };

/** Answers from a table, the last answer of a name again and again. */
class ResolverStub extends Resolver {
  readonly asked: string[] = [];

  constructor(private readonly answers: Record<string, string[][]>) {
    super();
  }
  async resolve(name: string): Promise<LookupAddress[]> {
    this.asked.push(name);
    const answers = this.answers[name];
    if (!answers) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
    const [next = []] = answers.length > 1 ? answers.splice(0, 1) : answers;
    return next.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  }
}
const nobody = new ResolverStub({});
const post = (url: string) => ({ method: 'POST', url, headers: { 'content-type': 'application/json' }, body: '{"é":1}' });

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver('::');
});
afterEach(() => receiver.close());

it('reaches nothing that is not public, however it is written', async () => {
  const client = new HttpOut(strict, nobody, limits);
  const urls = [...privateHosts.map((host) => `http://${host}:${receiver.port}/`), ...elsewhere.map((url) => url(receiver.port))];
  expect(urls.length).toBeGreaterThan(90);
  const told = await Promise.all(
    urls.map(async (url) => {
      await expect(client.check(url)).rejects.toThrow(TargetRefused);
      return client.send(post(url)).catch((error: unknown) => error);
    }),
  );
  expect(told.filter((answer) => !(answer instanceof NoReply))).toEqual([]);
  expect(new Set(told.map((error) => (error as Error).message))).toEqual(new Set(['The address cannot be reached']));
  expect(receiver.connections()).toBe(0);
});

it.each([22, 25, 21, 1, 0, 1023, 6379, 27017, 5432, 9200, 11211, 2375])('sends nothing to port %i', async (port) => {
  await expect(new HttpOut(open, nobody).check(`http://93.184.216.34:${port}/`)).rejects.toThrow(TargetRefused);
});

it('takes public addresses, on the ports of the web and above those of the system', async () => {
  const resolver = new ResolverStub({ 'public.example': [['93.184.216.34', '2606:2800:220:1::1']] });
  const client = new HttpOut({ httpsOnly: true, loopback: false }, resolver);
  for (const url of [
    'https://93.184.216.34',
    'https://[2606:4700::1111]:8443/a?b',
    'https://public.example:443/',
    'https://PUBLIC.example/',
  ])
    await client.check(url);
  const { addresses } = await client.check('https://public.example/');
  expect(addresses).toEqual([
    { address: '93.184.216.34', family: 4 },
    { address: '2606:2800:220:1::1', family: 6 },
  ]);
  await expect(client.check('http://public.example/')).rejects.toThrow(TargetRefused);
});

it('sends method, headers and exact bytes, and answers with status, headers and body', async () => {
  receiver.answer((reply) => reply.writeHead(418, { 'retry-after': '7' }).end('short and stout'));
  const client = new HttpOut(open, nobody, limits);
  const reply = await client.send(post(`http://localhost:${receiver.port}/hook?a=b`));
  expect([reply.status, reply.headers['retry-after'], reply.body.toString()]).toEqual([418, '7', 'short and stout']);
  const [{ path, headers, body } = {}] = receiver.received;
  expect({ path, body }).toEqual({ path: '/hook?a=b', body: '{"é":1}' });
  expect(headers).toMatchObject({
    host: `localhost:${receiver.port}`,
    'content-type': 'application/json',
    'content-length': '8',
    connection: 'close',
  });
});

it('sends to an address of version 6', async () => {
  expect((await new HttpOut(open, nobody, limits).send(post(`http://[::1]:${receiver.port}/`))).status).toBe(204);
  expect(receiver.received[0]?.headers.host).toBe(`[::1]:${receiver.port}`);
});

describe('a name', () => {
  it.each([
    ['a private address', ['10.0.0.1']],
    ['this machine', ['127.0.0.1']],
    ['this machine, version 6', ['::1']],
    ['the metadata of a cloud', ['169.254.169.254']],
    ['a mapped address', ['::ffff:127.0.0.1']],
    ['a good and a bad address', ['93.184.216.34', '127.0.0.1']],
    ['a bad and a good address', ['::1', '2606:4700::1111']],
    ['no address', []],
  ])('of %s is refused as one that nobody knows', async (_case, addresses) => {
    const client = new HttpOut(strict, new ResolverStub({ 'evil.example': [addresses] }), limits);
    const words = async (name: string) => client.send(post(`http://${name}:${receiver.port}/`)).catch(({ message }: Error) => message);
    expect(await words('evil.example')).toBe('The address cannot be reached');
    expect(await words('unknown.example')).toBe('The address cannot be reached');
    expect(receiver.connections()).toBe(0);
  });

  it('that nobody knows can be told from a refused one by the product alone', async () => {
    const client = new HttpOut(strict, new ResolverStub({ 'evil.example': [['10.0.0.1']] }));
    await expect(client.check('http://unknown.example/')).rejects.toThrow(HostUnknown);
    await expect(client.check('http://evil.example/')).rejects.not.toThrow(HostUnknown);
  });

  it('that answers otherwise the second time is connected to as it was checked', async () => {
    const resolver = new ResolverStub({ 'rebinding.example': [['127.0.0.2'], ['127.0.0.1']] });
    const checked = await startReceiver('127.0.0.2');
    const trap = await startReceiver('127.0.0.1', checked.port);
    const { status } = await new HttpOut(open, resolver, limits).send(post(`http://rebinding.example:${checked.port}/`));
    expect({ status, asked: resolver.asked.length, checked: checked.connections(), trap: trap.connections() }).toEqual({
      status: 204,
      asked: 1,
      checked: 1,
      trap: 0,
    });
    await Promise.all([checked.close(), trap.close()]);
  });

  it('that turns bad after it was saved is not connected to', async () => {
    const resolver = new ResolverStub({ 'rebinding.example': [['93.184.216.34'], ['127.0.0.1']] });
    const client = new HttpOut(strict, resolver, limits);
    const url = `http://rebinding.example:${receiver.port}/`;
    await client.check(url);
    await expect(client.send(post(url))).rejects.toThrow('The address cannot be reached');
    expect(receiver.connections()).toBe(0);
  });
});

it.each([301, 302, 303, 307, 308])('follows no redirect, %i', async (status) => {
  const trap = await startReceiver();
  receiver.answer((reply) => reply.writeHead(status, { location: `${trap.url}/` }).end());
  expect((await new HttpOut(open, nobody, limits).send(post(receiver.url))).status).toBe(status);
  expect(trap.connections()).toBe(0);
  await trap.close();
});

describe('of an answer', () => {
  it('that never ends, reads so much and no more', async () => {
    receiver.answer((reply) => {
      const more = () => !reply.destroyed && reply.write('x'.repeat(10_000), more);
      more();
    });
    const { status, body } = await new HttpOut(open, nobody, limits).send(post(receiver.url));
    expect([status, body.length]).toEqual([200, 65_536]);
  });

  it.each<[string, Parameters<Receiver['answer']>[0]]>([
    ['that does not come', () => {}],
    ['that stays without a body', (reply) => reply.writeHead(200, { 'content-length': '5' }).flushHeaders()],
    [
      'that drips',
      (reply) => {
        const timer = setInterval(() => (reply.destroyed ? clearInterval(timer) : reply.write('x')), 20);
      },
    ],
  ])('%s, waits so long and no longer', async (_case, how) => {
    receiver.answer(how);
    const begun = performance.now();
    await expect(new HttpOut(open, nobody, { ...limits, totalMs: 300 }).send(post(receiver.url))).rejects.toThrow('No answer within 0.3 s');
    expect(performance.now() - begun).toBeLessThan(1_500);
  });

  it('that is cut off, says so', async () => {
    receiver.answer((reply) => {
      reply.writeHead(200, { 'content-length': '5' }).write('ab');
      setImmediate(() => reply.destroy());
    });
    await expect(new HttpOut(open, nobody, limits).send(post(receiver.url))).rejects.toThrow('The connection failed (ECONNRESET)');
  });

  it('that is no HTTP, says so', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await expect(new HttpOut(open, nobody, limits).send(post(`http://127.0.0.1:${port}`))).rejects.toThrow('The connection failed (HPE_');
    server.close();
  });
});

it('speaks TLS, for the name and not for the address, where the address says https', async () => {
  const heard: Buffer[] = [];
  const server = createServer((socket) => void socket.on('data', (chunk) => heard.push(chunk)).once('data', () => socket.end()));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as { port: number };
  const client = new HttpOut({ httpsOnly: true, loopback: true }, new ResolverStub({ 'secure.example': [['127.0.0.1']] }), limits);
  await expect(client.send(post(`https://secure.example:${port}/hook`))).rejects.toThrow('The connection failed');
  const hello = Buffer.concat(heard);
  expect([hello[0], hello[5]]).toEqual([22, 1]);
  expect(hello.includes('secure.example')).toBe(true);
  expect(hello.includes('/hook')).toBe(false);
  server.close();
});

it('says when nobody listens', async () => {
  const { url } = receiver;
  await receiver.close();
  receiver = await startReceiver();
  await expect(new HttpOut(open, nobody, limits).send(post(url))).rejects.toThrow('The connection failed (ECONNREFUSED)');
});

it('waits for a name server no longer than for anything else', async () => {
  const silent = new (class extends Resolver {
    resolve = () => new Promise<never>(() => {});
  })();
  const client = new HttpOut(open, silent, { ...limits, totalMs: 100 });
  await expect(client.send(post('http://slow.example/'))).rejects.toThrow('No answer within 0.1 s');
});

it('is broken off by whoever asked', async () => {
  receiver.answer(() => {});
  const breaker = new AbortController();
  const client = new HttpOut(open, nobody, limits);
  const sent = client.send({ ...post(receiver.url), signal: breaker.signal });
  setTimeout(() => breaker.abort(), 50);
  await expect(sent).rejects.toThrow('The connection failed');
  await expect(client.send({ ...post(receiver.url), signal: breaker.signal })).rejects.toThrow('The connection failed');
});

import { type NameServer, startNameServer, type Zone } from '../../../test/support/name-server.js';
import { type Receiver, startReceiver } from '../../../test/support/receiver.js';
import { HttpOut } from './http-out.js';
import { DnsResolver } from './resolver.js';

const zone: Zone = {
  'both.example': ['93.184.216.34', '93.184.216.35', '2606:2800:220:1::1'],
  'four.example': ['93.184.216.34'],
  'six.example': ['2606:4700::1111'],
  'empty.example': [],
  'alias.example': { alias: 'both.example' },
  'inside.example': { alias: 'private.example' },
  'private.example': ['127.0.0.1'],
  'mixed.example': ['93.184.216.34', '127.0.0.1'],
  'mixed6.example': ['93.184.216.34', '::1'],
};
let names: NameServer;
let resolver: DnsResolver;
beforeAll(async () => {
  names = await startNameServer(zone);
  resolver = new DnsResolver([names.address]);
});
afterAll(() => names.close());

const addresses = async (name: string) => (await resolver.resolve(name)).map(({ address, family }) => `${family} ${address}`).sort();

it('finds every address of a name, of both families and through other names', async () => {
  const both = ['4 93.184.216.34', '4 93.184.216.35', '6 2606:2800:220:1::1'];
  expect(await addresses('both.example')).toEqual(both);
  expect(await addresses('alias.example')).toEqual(both);
  expect(await addresses('four.example')).toEqual(['4 93.184.216.34']);
  expect(await addresses('six.example')).toEqual(['6 2606:4700::1111']);
});

it.each(['unknown.example', 'empty.example', 'localhost'])('finds nothing for %s', async (name) => {
  await expect(resolver.resolve(name)).rejects.toThrow(/ENOTFOUND|ENODATA/);
});

describe('a client that asks it', () => {
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.close());
  const send = (loopback: boolean, name: string) => {
    const client = new HttpOut({ httpsOnly: false, loopback }, resolver, { totalMs: 2_000, answerBytes: 1_024 });
    return client.send({ method: 'POST', url: `http://${name}:${receiver.port}/`, headers: {}, body: '' });
  };

  it.each(['private.example', 'inside.example', 'mixed.example', 'mixed6.example', 'unknown.example', 'empty.example'])(
    'does not go to %s',
    async (name) => {
      await expect(send(false, name)).rejects.toThrow('The address cannot be reached');
      expect(receiver.connections()).toBe(0);
    },
  );

  it('goes where it may', async () => {
    expect((await send(true, 'inside.example')).status).toBe(204);
  });
});

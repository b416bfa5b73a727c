import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';

/** Addresses by name, or the name that it stands for. */
export type Zone = Record<string, readonly string[] | { readonly alias: string }>;
export interface NameServer {
  readonly address: string;
  close(): void;
}
const types = { A: 1, CNAME: 5, AAAA: 28 };
const unknownName = 3;

/** A name server that knows a few names (RFC 1035). */
export async function startNameServer(zone: Zone): Promise<NameServer> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => socket.send(answerTo(query, zone), port, address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { address: `127.0.0.1:${socket.address().port}`, close: () => socket.close() };
}

function answerTo(query: Buffer, zone: Zone): Buffer {
  const { name, end } = readName(query, 12);
  const type = query.readUInt16BE(end);
  const records = recordsOf(name, type, zone);
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (records ? 0 : unknownName), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records?.length ?? 0, 6);
  return Buffer.concat([header, query.subarray(12, end + 4), ...(records ?? [])]);
}

function recordsOf(name: string, type: number, zone: Zone): Buffer[] | undefined {
  const found = zone[name.toLowerCase()];
  if (!found) return undefined;
  if ('alias' in found) return [record(name, types.CNAME, writeName(found.alias)), ...(recordsOf(found.alias, type, zone) ?? [])];
  const wanted = found.filter((address) => type === (isIPv4(address) ? types.A : types.AAAA));
  return wanted.map((address) => record(name, type, bytesOf(address)));
}

function record(name: string, type: number, data: Buffer): Buffer {
  const fields = Buffer.alloc(10);
  fields.writeUInt16BE(type, 0);
  fields.writeUInt16BE(1, 2);
  fields.writeUInt16BE(data.length, 8);
  return Buffer.concat([writeName(name), fields, data]);
}

const bytesOf = (address: string): Buffer =>
  isIPv4(address)
    ? Buffer.from(address.split('.').map(Number))
    : Buffer.concat(fullForm(address).map((group) => Buffer.from(group.padStart(4, '0'), 'hex')));

function fullForm(address: string): string[] {
  const [head = '', tail = ''] = address.split('::');
  const [first, last] = [head, tail].map((part) => part.split(':').filter(Boolean)) as [string[], string[]];
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => '0'), ...last];
}

const writeName = (name: string): Buffer =>
  Buffer.concat([...name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])), Buffer.from([0])]);

function readName(query: Buffer, start: number): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = start;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('ascii', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.'), end: at + 1 };
}

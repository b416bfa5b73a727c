import { BlockList, isIPv4 } from 'node:net';

/** IPv4 that is not on the public internet (IANA special-purpose registry), and what clouds keep for themselves. */
const kept4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];
/** Of IPv6 only global unicast is public, without what carries IPv4 inside (Teredo, 6to4), documentation and other special uses. */
const public6 = '2000::/3';
const kept6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

const listOf = (ranges: readonly string[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/');
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
};
const special4 = listOf(kept4, 'ipv4');
const global6 = listOf([public6], 'ipv6');
const special6 = listOf(kept6, 'ipv6');
const loopback4 = listOf(['127.0.0.0/8'], 'ipv4');
const loopback6 = listOf(['::1/128'], 'ipv6');

/** Whether an address (no name) is one that anybody on the internet could reach as well. */
export function isPublic(address: string): boolean {
  if (isIPv4(address)) return !special4.check(address, 'ipv4');
  return global6.check(address, 'ipv6') && !special6.check(address, 'ipv6');
}

export const isLoopback = (address: string): boolean =>
  isIPv4(address) ? loopback4.check(address, 'ipv4') : loopback6.check(address, 'ipv6');

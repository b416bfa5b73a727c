import { type LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { isLoopback, isPublic } from './address.js';
import type { Resolver } from './resolver.js';

export interface TargetRules {
  readonly httpsOnly: boolean;
  /** Whether this machine itself may be sent to. */
  readonly loopback: boolean;
}
/** An address that was checked; who connects, connects to one of these and looks nothing up again. */
export interface Target {
  readonly url: URL;
  readonly addresses: readonly LookupAddress[];
}

/** The address is not one that the product sends to, or nobody knows it; which of both is not told. */
export class TargetRefused extends Error {}
/** Nobody knows the name at this moment. */
export class HostUnknown extends TargetRefused {}

export const longestUrl = 2_048;
const firstFreePort = 1_024;
const webPorts = [80, 443];
/** Above the ports of the system: where databases, caches, queues and control planes listen that may speak to anybody who connects. */
const servicePorts = new Set([
  1433, 1521, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 4369, 5432, 5672, 5984, 6000, 6379, 6443, 6665, 6666, 6667, 6668, 6669, 6697,
  7000, 7001, 8500, 9042, 9092, 9200, 9300, 10080, 10250, 10255, 11211, 15672, 16379, 26379, 27017, 27018, 27019, 50000, 61616,
]);
const localName = /(^|\.)localhost$/;

/** What can be told from the text alone. @throws TargetRefused */
export function readTarget(text: string, rules: TargetRules): URL {
  // The parser would drop some of these and turn a backslash into a slash, so that others might read another host.
  // oxlint-disable-next-line eslint/no-control-regex -- those are what is refused
  if (text.length > longestUrl || /[\s\\\u0000-\u001f\u007f]/.test(text) || !URL.canParse(text)) throw new TargetRefused();
  const url = new URL(text);
  const isSecure = url.protocol === 'https:';
  const isPlain = url.protocol === 'http:' && !rules.httpsOnly;
  if (!(isSecure || isPlain) || url.username !== '' || url.password !== '') throw new TargetRefused();
  const host = hostOf(url);
  if (host === '' || host.endsWith('.')) throw new TargetRefused();
  if (localName.test(host) && !rules.loopback) throw new TargetRefused();
  if (!isAllowedPort(url)) throw new TargetRefused();
  return url;
}

/** The addresses of what was read, each of which is allowed. @throws TargetRefused, and of those HostUnknown */
export async function locate(url: URL, rules: TargetRules, resolver: Resolver): Promise<Target> {
  const addresses = await addressesOf(hostOf(url), resolver);
  const isAllowed = ({ address }: LookupAddress): boolean => isPublic(address) || (rules.loopback && isLoopback(address));
  // One bad address among good ones is somebody's attempt to have it chosen.
  if (addresses.length === 0 || !addresses.every(isAllowed)) throw new TargetRefused();
  return { url, addresses };
}

/** Without the brackets of an IPv6 address. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');

async function addressesOf(host: string, resolver: Resolver): Promise<readonly LookupAddress[]> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  if (localName.test(host)) return [{ address: '127.0.0.1', family: 4 }];
  try {
    return await resolver.resolve(host);
  } catch (cause) {
    throw new HostUnknown(undefined, { cause });
  }
}

function isAllowedPort({ port, protocol }: URL): boolean {
  const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  return webPorts.includes(number) || (number >= firstFreePort && !servicePorts.has(number));
}

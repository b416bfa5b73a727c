import { promises as dns } from 'node:dns';
import type { LookupAddress } from 'node:dns';

/** Finds the addresses of a name. */
export abstract class Resolver {
  /** All of them, of both families. @throws Error where there is none, or no answer */
  abstract resolve(name: string): Promise<readonly LookupAddress[]>;
}

const patience = { timeout: 2_000, tries: 2 };

/** Asks the name servers itself: the system's own look-up takes threads that passwords are hashed on, and reads the hosts file. */
export class DnsResolver extends Resolver {
  private readonly dns = new dns.Resolver(patience);

  /** Of the system, unless others are named: `address` or `address:port`. */
  constructor(servers?: readonly string[]) {
    super();
    if (servers) this.dns.setServers(servers);
  }

  async resolve(name: string): Promise<readonly LookupAddress[]> {
    const [four, six] = await Promise.allSettled([this.dns.resolve4(name), this.dns.resolve6(name)]);
    if (four.status === 'rejected' && six.status === 'rejected') throw four.reason;
    return [...found(four, 4), ...found(six, 6)];
  }
}

const found = (answer: PromiseSettledResult<string[]>, family: 4 | 6): LookupAddress[] =>
  answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family })) : [];

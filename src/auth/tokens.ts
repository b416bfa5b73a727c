import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { createSigner, createVerifier, TokenError } from 'fast-jwt';
import { Clock } from '../kernel/clock.js';
import { Keys } from '../kernel/config/keys.js';
import { InvalidToken, TokenExpired } from '../kernel/fault/common-faults.js';

/** What a token says; the role is for clients to show, the server reads its own. */
export interface Claims {
  readonly sub: string;
  readonly uid: string;
  readonly tid: string;
  readonly role: string;
  readonly sid: string;
  /** Where the surface publishes it. */
  readonly email?: string;
}
/** Which token of which session a refresh token is. */
export interface RefreshClaim {
  readonly sessionId: string;
  readonly generation: number;
}

/** Makes and reads the two kinds of token. */
@Injectable()
export class Tokens {
  private readonly sign: (claims: object) => string;
  private readonly verifiers: readonly ((token: string) => unknown)[];

  constructor(
    private readonly keys: Keys,
    private readonly clock: Clock,
  ) {
    this.sign = createSigner({ algorithm: 'HS256', key: keys.of('jwt') });
    // Expiry is judged by the injected clock, below.
    const options = { algorithms: ['HS256' as const], ignoreExpiration: true };
    this.verifiers = keys.accepted('jwt').map((key) => createVerifier({ ...options, key }));
  }

  access(claims: Claims, lifetimeSeconds: number): string {
    const iat = Math.floor(this.clock.now().getTime() / 1000);
    return this.sign({ ...claims, iat, exp: iat + lifetimeSeconds });
  }

  /** @throws InvalidToken, TokenExpired */
  readAccess(token: string): Pick<Claims, 'uid' | 'sid'> {
    const { uid, sid, exp } = this.verified(token) as Readonly<Record<string, unknown>>;
    if (typeof uid !== 'string' || typeof sid !== 'string' || typeof exp !== 'number') throw new InvalidToken();
    if (exp * 1000 <= this.clock.now().getTime()) throw new TokenExpired();
    return { uid, sid };
  }

  /** `rt_` and, in base64url, session, generation and their MAC: nothing about it is stored. */
  refresh({ sessionId, generation }: RefreshClaim): string {
    const text = `${sessionId}.${generation}`;
    return `rt_${Buffer.from(`${text}.${mac(this.keys.of('refresh'), text)}`).toString('base64url')}`;
  }

  /** @throws InvalidToken */
  readRefresh(token: string): RefreshClaim {
    const [sessionId = '', generation = '', given = ''] = Buffer.from(token.slice(3), 'base64url').toString().split('.');
    const expected = this.keys.accepted('refresh').map((key) => mac(key, `${sessionId}.${generation}`));
    if (!token.startsWith('rt_') || !expected.some((one) => equal(one, given))) throw new InvalidToken();
    return { sessionId, generation: Number(generation) };
  }

  private verified(token: string): unknown {
    for (const verify of this.verifiers) {
      try {
        return verify(token);
      } catch (error) {
        if (!(error instanceof TokenError)) throw error;
      }
    }
    throw new InvalidToken();
  }
}

const mac = (key: Buffer, text: string): string => createHmac('sha256', key).update(text).digest('base64url');

function equal(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

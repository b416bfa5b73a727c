import type { Capabilities } from '../providers/payment-provider.js';
import type { Price } from '../providers/provider-account.js';
import type { ApprovalRates, Estimate } from './adaptive.js';
import type { CircuitPhase } from './circuit-breaker.js';
import type { Facts } from './conditions.js';

/** A payment that nobody has been asked about yet. */
export interface Draft extends Facts {
  readonly id: string;
  /** Such as `card`: what a provider must be able to charge. */
  readonly method: string;
}

export interface KnownProvider {
  readonly name: string;
  readonly enabled: boolean;
  /** The customer's method is not known there. */
  readonly lacksToken?: boolean;
  readonly capabilities: Pick<Capabilities, 'currencies' | 'methods'>;
  /** What it takes, by currency. */
  readonly prices: readonly Price[];
  /** Of its circuit for the draft's method, just now. */
  readonly breaker: CircuitPhase;
}
/** What is known of the tenant's providers; in the order in which they are tried where nothing else decides. */
export interface Knowledge {
  readonly providers: readonly KnownProvider[];
  readonly rates: ApprovalRates;
}

export type LeftOut =
  | { readonly because: 'disabled' | 'no_token' | 'currency' | 'method' | 'circuit_open' }
  | { readonly because: 'rule'; readonly rule: string };

/** A provider as the decision saw it. */
export interface Candidate {
  readonly provider: string;
  /** The success rate drawn for this payment; null where the strategy does not go by it. */
  readonly score: number | null;
  /** Null where it has no price in the currency. */
  readonly costMinor: number | null;
  readonly estimate: Estimate;
  readonly breaker: CircuitPhase;
  readonly leftOut: LeftOut | null;
}

export interface Decision {
  readonly strategyVersion: number;
  /** Who is tried, one after the other. */
  readonly order: readonly string[];
  /** Every provider that is known: those of the order first, and in it. */
  readonly candidates: readonly Candidate[];
  /** Names of the rules that held, at most one a step. */
  readonly rules: readonly string[];
  /** One sentence for a person. */
  readonly reason: string;
}

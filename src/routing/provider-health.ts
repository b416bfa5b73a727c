import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import type { Outcome } from '../providers/payment-provider.js';
import { ApprovalRates, type Segment } from './adaptive.js';
import { type Circuit, type CircuitEvent, type CircuitPhase, closedAt, eventOf, next, phaseAt } from './circuit-breaker.js';

/** How a tenant's accounts fare, as this process has seen it. */
class TenantHealth {
  readonly rates = new ApprovalRates();
  readonly circuits = new Map<string, Circuit>();
}

/** One authorization at one account, and what kind of payment it is. */
export interface Sending extends Segment {
  readonly account: string;
}

/** What is known of how providers fare: every authorization is told to it, and routing asks it. */
@Injectable()
export class ProviderHealth {
  private readonly tenants = new Map<string, TenantHealth>();

  constructor(private readonly clock: Clock) {}

  ratesOf(tenantId: string): ApprovalRates {
    return this.of(tenantId).rates;
  }

  phaseOf(tenantId: string, account: string, method: string): CircuitPhase {
    return phaseAt(this.circuitOf(tenantId, account, method), this.clock.now().getTime());
  }

  sent(tenantId: string, sending: Sending): void {
    this.turn(tenantId, sending, 'sent');
  }

  /** An outcome nobody knows says nothing of the customer's bank, and something of the provider. */
  told(tenantId: string, { account: provider, ...segment }: Sending, outcome: Outcome, latencyMs: number): void {
    this.turn(tenantId, { account: provider, ...segment }, eventOf(outcome));
    if (outcome.outcome === 'unknown') return;
    this.of(tenantId).rates.observe({ provider, ...segment, approved: outcome.outcome === 'applied', latencyMs });
  }

  private turn(tenantId: string, { account, method }: Sending, event: CircuitEvent): void {
    const circuit = next(this.circuitOf(tenantId, account, method), event, this.clock.now().getTime());
    this.of(tenantId).circuits.set(circuitKey(account, method), circuit);
  }

  private circuitOf(tenantId: string, account: string, method: string): Circuit {
    return this.of(tenantId).circuits.get(circuitKey(account, method)) ?? closedAt(this.clock.now().getTime());
  }

  private of(tenantId: string): TenantHealth {
    const health = this.tenants.get(tenantId) ?? new TenantHealth();
    this.tenants.set(tenantId, health);
    return health;
  }
}

const circuitKey = (account: string, method: string): string => `${method} ${account}`;

import { Injectable } from '@nestjs/common';

type Listener = (tenantId: string) => void;

/** Says which tenants' ledgers have grown by what this node wrote. */
@Injectable()
export class LedgerNews {
  private readonly listeners: Listener[] = [];

  onGrowth(listener: Listener): void {
    this.listeners.push(listener);
  }

  tell(tenantId: string): void {
    for (const listener of this.listeners) listener(tenantId);
  }
}

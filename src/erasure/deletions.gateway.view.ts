import type { Deleted } from './gateway-deletions.service.js';

export class GatewayDeletedView {
  /** @example "Transaction 'txn_0190a1b2c3d4' deleted successfully." */
  message: string;

  static of({ what, id }: Deleted): GatewayDeletedView {
    return { message: `${what} '${id}' deleted successfully.` };
  }
}

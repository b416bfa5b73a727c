import type { StoreItem } from './store-item.js';
import type { Team } from './store-teams.service.js';

export class StoreItemView {
  /** @example 1 */
  number: number;
  /** @example "MICAH HUG" */
  name: string;
  /** In credits. @example 10 */
  price: number;
  /** Not for sale any more. @example false */
  archived: boolean;
  /** @example "2026-01-03T10:00:00.000Z" */
  createdAt: string;
  /** @example "2026-01-03T10:00:00.000Z" */
  updatedAt: string;

  static of({ number, name, price, archived, createdAt, updatedAt }: StoreItem): StoreItemView {
    return { number, name, price, archived, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  }
}
export class StoreTeamView {
  /** @example 13 */
  number: number;
  /** @example "team13" */
  username: string;
  /** Whose credit account it is. @example "usr_0190a1b2-0000-7000-8000-000000000000" */
  userId: string;
  /** Credits that can be spent. @example 1000 */
  balance: number;
  /** @example "2026-01-03T10:00:00.000Z" */
  createdAt: string;

  static of({ number, username, userId, balance, createdAt }: Team): StoreTeamView {
    return { number, username, userId, balance, createdAt: createdAt.toISOString() };
  }
}

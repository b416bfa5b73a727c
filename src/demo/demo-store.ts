import { Injectable } from '@nestjs/common';
import type { NewItem } from '../store/store-item.js';
import type { Clerk } from '../store/store-item-records.js';
import { StoreItems } from '../store/store-items.service.js';
import { type NewTeam, StoreTeams } from '../store/store-teams.service.js';

/** Teams and items that the published document names, in the order of their numbers. */
const teams: readonly NewTeam[] = Array.from({ length: 12 }, (_, index) => {
  return { username: `team${index + 1}`, password: 'Changeme-2018', balance: 1000 };
});
const items: readonly NewItem[] = [
  { name: 'MICAH HUG', price: 10 },
  { name: 'JOES LOVE', price: 69 },
  { name: 'DON RANT', price: 200 },
];

@Injectable()
export class DemoStore {
  constructor(
    private readonly teams: StoreTeams,
    private readonly items: StoreItems,
  ) {}

  /** Adds only what is missing. */
  async seed(by: Clerk): Promise<void> {
    for (const team of teams) await this.teams.ensure(by, team);
    for (const [index, item] of items.entries()) await this.items.ensure(by, index + 1, item);
  }
}

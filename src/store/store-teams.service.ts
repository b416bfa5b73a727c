import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { UsernameTaken } from '../auth/auth.faults.js';
import { type TeamAccount, TeamAccounts, type TeamLogin } from '../auth/team-accounts.service.js';
import { decodeCursor, type Page, pageOf } from '../kernel/http/page.js';
import { requestContext } from '../kernel/http/request-context.js';
import { Idempotency } from '../kernel/idempotency/idempotency.js';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { accountOf, legsBetween } from '../ledger/ledger.js';
import { LedgerReader } from '../ledger/ledger-reader.service.js';
import { LedgerWriter } from '../ledger/ledger-writer.js';
import type { Clerk } from './store-item-records.js';

export interface NewTeam extends TeamLogin {
  /** Credits that it begins with. */
  readonly balance: number;
}
export interface Team extends TeamAccount {
  /** Credits that it can spend. */
  readonly balance: number;
}

/** The teams of each tenant. */
@Injectable()
export class StoreTeams {
  constructor(
    private readonly accounts: TeamAccounts,
    private readonly writer: LedgerWriter,
    private readonly reader: LedgerReader,
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: Idempotency,
  ) {}

  /** In order of their numbers. @throws Invalid on a cursor of another list */
  async list(tenantId: string, limit: number, cursor?: string): Promise<Page<Team>> {
    const after = cursor === undefined ? 0 : decodeCursor(cursor, ['integer'])[0];
    const { items, ...page } = pageOf(await this.accounts.list(tenantId, after, limit + 1), limit, ({ number }) => [number]);
    const owned = await this.reader.accountsOf(
      tenantId,
      items.map(({ userId }) => accountOf(userId)),
    );
    return { ...page, items: items.map((team) => ({ ...team, balance: owned.get(accountOf(team.userId))?.available ?? 0 })) };
  }

  /** The team and what it begins with, in one commit. @throws WeakPassword, UsernameTaken, TooManyTeams, PasswordsBusy */
  async create(by: Clerk, { balance, ...login }: NewTeam): Promise<Team> {
    const newcomer = await this.accounts.prepare(login);
    const insert = async (session: ClientSession): Promise<Team> => {
      return { ...(await this.accounts.insert(session, by.tenantId, newcomer, by)), balance };
    };
    return balance === 0 ? this.unitOfWork.run(insert) : this.withGrant(by.tenantId, newcomer._id, balance, insert);
  }

  /** A team of this name, made if there is none; an existing one is left as it is. */
  async ensure(by: Clerk, team: NewTeam): Promise<void> {
    try {
      await this.create(by, team);
    } catch (error) {
      if (!(error instanceof UsernameTaken)) throw error;
    }
  }

  private async withGrant(
    tenantId: string,
    userId: string,
    balance: number,
    insert: (session: ClientSession) => Promise<Team>,
  ): Promise<Team> {
    const made: Team[] = [];
    const context = requestContext.current();
    const work = async (session: ClientSession) => {
      made.push(await insert(session));
      await this.idempotency.store(session, made.at(-1));
    };
    const legs = legsBetween(accountOf('@issuance'), accountOf(userId), balance);
    const grant = { kind: 'grant', memo: 'opening balance', move: { type: 'legs', legs } } as const;
    await this.writer.post(
      { tenantId, key: `team-opening:${userId}`, ...grant },
      // The ledger's lane may be running on behalf of another request, whose trace and key are not ours.
      { with: (session) => (context ? requestContext.run(context, () => work(session)) : work(session)) },
    );
    if (context?.key) context.keyStored = true;
    return made.at(-1) as Team;
  }
}

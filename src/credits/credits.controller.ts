import { Body, Controller, Param, Post } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { scopeOf } from '../kernel/actor/scope.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { ValidationFailed } from '../kernel/fault/common-faults.js';
import { raise } from '../kernel/fault/fault.js';
import { KeepsKey } from '../kernel/idempotency/keeps-key.decorator.js';
import { readMoment } from '../kernel/time/calendar.js';
import {
  BalanceTooLarge,
  HoldClosed,
  HoldExceeded,
  InsufficientCredits,
  NotReversible,
  ReversalExceeded,
  SelfTransfer,
  TooManyHolds,
  TransactionNotFound,
} from '../ledger/ledger.faults.js';
import type { Asset, Entry } from '../ledger/ledger.js';
import { numberOf, type SeenEntry } from './credit-transaction.js';
import { CommitDto, GrantDto, HoldDto, ReversalDto, SpendDto, TransferDto } from './credits.dto.js';
import { ExpiryNotSupported, HoldNotFound, UserNotFound } from './credits.faults.js';
import { CreditsService, type Movement } from './credits.service.js';
import { HoldView, TransactionView } from './credits.view.js';

@Dialect('traced')
@Controller('api/v1/credits')
export class CreditsController {
  constructor(private readonly credits: CreditsService) {}

  /** Gives a user credits. */
  @Post('grants')
  @Allow('credits:write')
  @KeepsKey({ required: true })
  @Answers(TransactionView, { status: 201 })
  @Fails(() => new UserNotFound(), () => new ExpiryNotSupported('expiresAt'), () => new BalanceTooLarge())
  async grant(@By() actor: Actor, @Body() { userId, source, expiresAt, ...given }: GrantDto): Promise<SeenEntry> {
    if (expiresAt !== undefined) throw new ExpiryNotSupported('expiresAt');
    return seen(actor, await this.credits.grant(actor, movement(given, userId), source));
  }

  /** Spends the caller's credits; somebody else's for an admin. */
  @Post('spends')
  @Allow('self')
  @KeepsKey({ required: true })
  @Answers(TransactionView, { status: 201 })
  @Fails(() => new InsufficientCredits(), () => new UserNotFound())
  async spend(@By() actor: Actor, @Body() { userId = actor.userId, ...given }: SpendDto): Promise<SeenEntry> {
    return seen(actor, await this.credits.spend(actor, movement(given, userId)));
  }

  /** Moves the caller's credits to another user; somebody else's for an admin. */
  @Post('transfers')
  @Allow('self')
  @KeepsKey({ required: true })
  @Answers(TransactionView, { status: 201 })
  @Fails(() => new InsufficientCredits(), () => new SelfTransfer(), () => new UserNotFound(), () => new BalanceTooLarge())
  async transfer(@By() actor: Actor, @Body() { userId = actor.userId, toUserId, ...given }: TransferDto): Promise<SeenEntry> {
    return seen(actor, await this.credits.transfer(actor, movement(given, userId), toUserId));
  }

  /** Sets credits aside, to be committed or voided later. */
  @Post('holds')
  @Allow('self')
  @KeepsKey({ required: true })
  @Answers(HoldView, { status: 201 })
  @Fails(() => new InsufficientCredits(), () => new TooManyHolds(), () => new UserNotFound())
  async hold(@By() actor: Actor, @Body() { userId = actor.userId, expiresAt, ...given }: HoldDto): Promise<SeenEntry> {
    const until = readMoment(expiresAt)?.at ?? raise(new ValidationFailed([{ field: 'expiresAt', message: 'expiresAt must be a moment' }]));
    return seen(actor, await this.credits.hold(actor, movement(given, userId), until));
  }

  /** Spends what is held, or a part of it; the rest can be spent again. */
  @Post('holds/:id/commit')
  @Allow('self')
  @KeepsKey({ required: true })
  @Answers(TransactionView, { status: 201 })
  @Fails(() => new HoldNotFound(), () => new HoldClosed(), () => new HoldExceeded())
  async commit(@By() actor: Actor, @Param('id') id: string, @Body() { amount }: CommitDto): Promise<SeenEntry> {
    return seen(actor, await this.credits.commit(actor, holdNumber(id), amount));
  }

  /** Gives back what is held. */
  @Post('holds/:id/void')
  @Allow('self')
  @KeepsKey({ required: true })
  @Answers(TransactionView, { status: 201 })
  @Fails(() => new HoldNotFound(), () => new HoldClosed())
  async void(@By() actor: Actor, @Param('id') id: string): Promise<SeenEntry> {
    return seen(actor, await this.credits.void(actor, holdNumber(id)));
  }

  /** Undoes a transaction, wholly or in part, and never more than it moved. */
  @Post('reversals')
  @Allow('credits:write')
  @KeepsKey({ required: true })
  @Answers(TransactionView, { status: 201 })
  @Fails(() => new TransactionNotFound(), () => new NotReversible(), () => new ReversalExceeded(), () => new InsufficientCredits())
  async reverse(@By() actor: Actor, @Body() { transactionId, amount, description }: ReversalDto): Promise<SeenEntry> {
    const n = numberOf(transactionId) ?? raise(new TransactionNotFound());
    return seen(actor, await this.credits.reverse(actor, n, description, amount));
  }
}

const holdNumber = (id: string): number => numberOf(id, 'hld_') ?? raise(new HoldNotFound());

function movement({ amount, description, asset }: { amount: number; description: string; asset?: string }, userId: string): Movement {
  return { userId, amount, description, ...(asset !== undefined && { asset: asset as Asset }) };
}

/** Balances of others are shown to those alone who may see them. */
function seen(actor: Actor, entry: Entry): SeenEntry {
  const { ownerId: only } = scopeOf(actor);
  return { entry, ...(only !== undefined && { only }) };
}

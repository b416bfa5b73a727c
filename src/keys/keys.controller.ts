import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { scopeOf } from '../kernel/actor/scope.js';
import { Clock } from '../kernel/clock.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { ValidationFailed } from '../kernel/fault/common-faults.js';
import { raise } from '../kernel/fault/fault.js';
import type { Page } from '../kernel/http/page.js';
import { Unrepeatable } from '../kernel/idempotency/unrepeatable.decorator.js';
import { readMoment } from '../kernel/time/calendar.js';
import type { ApiKey } from './api-key.js';
import { KeyMovedOn, KeyNotFound, NotTheOwner, ScopesNotHeld, TooManyKeys } from './key.faults.js';
import { CreateKeyDto, KeysQuery, RotateKeyDto } from './keys.dto.js';
import { KeysService, type ShownKey } from './keys.service.js';
import { KeyView, ShownKeyView } from './keys.view.js';

const notAhead = () => new ValidationFailed([{ field: 'expiresAt', message: 'expiresAt must be a time to come' }]);

@Dialect('traced')
@Controller('api/v1/api-keys')
export class KeysController {
  constructor(
    private readonly keys: KeysService,
    private readonly clock: Clock,
  ) {}

  /** Keys of the tenant, of a merchant its own; newest first. */
  @Get()
  @Allow('keys:read')
  @Answers(KeyView, { shape: 'page' })
  list(@By() actor: Actor, @Query() { limit, cursor }: KeysQuery): Promise<Page<ApiKey>> {
    return this.keys.list(scopeOf(actor), limit, cursor);
  }

  /** Makes a key that acts in the caller's name; its secret is shown this once. */
  @Post()
  @Allow('keys:write')
  @Unrepeatable('the answer holds a secret')
  @Answers(ShownKeyView, { status: 201 })
  @Fails(() => notAhead(), () => new ScopesNotHeld(['audit:read']), () => new TooManyKeys())
  create(@By() actor: Actor, @Body() { name, scopes, expiresAt }: CreateKeyDto): Promise<ShownKey> {
    return this.keys.create(actor, { name, scopes, expiresAt: this.ahead(expiresAt) });
  }

  /** Gives the caller's key a new secret; the one before it stays good for a while. */
  @Post(':id/rotate')
  @Allow('keys:write')
  @Unrepeatable('the answer holds a secret')
  @Answers(ShownKeyView)
  @Fails(() => new KeyNotFound(), () => new NotTheOwner(), () => new KeyMovedOn())
  rotate(@By() actor: Actor, @Param('id') id: string, @Body() { overlapHours }: RotateKeyDto): Promise<ShownKey> {
    return this.keys.rotate(actor, id, overlapHours);
  }

  /** Takes a key out of use at once. */
  @Delete(':id')
  @Allow('keys:write')
  @Answers(null)
  @Fails(() => new KeyNotFound())
  revoke(@By() actor: Actor, @Param('id') id: string): Promise<void> {
    return this.keys.revoke(actor, id);
  }

  private ahead(text: string | undefined): Date | null {
    if (text === undefined) return null;
    const { at } = readMoment(text) ?? raise(notAhead());
    return at > this.clock.now() ? at : raise(notAhead());
  }
}

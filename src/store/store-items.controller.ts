import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { raise } from '../kernel/fault/fault.js';
import type { Page } from '../kernel/http/page.js';
import { readNumber } from './store-fields.js';
import { ItemNotFound } from './store.faults.js';
import { CreateItemDto, StoreListQuery, UpdateItemDto } from './store.dto.js';
import type { StoreItem } from './store-item.js';
import { StoreItems } from './store-items.service.js';
import { StoreItemView } from './store-platform.view.js';

@Dialect('traced')
@Controller('api/v1/store/items')
export class StoreItemsController {
  constructor(private readonly items: StoreItems) {}

  /** Everything that the tenant sells or has sold, in order of the numbers. */
  @Get()
  @Allow('store:read')
  @Answers(StoreItemView, { shape: 'page' })
  list(@By() { tenantId }: Actor, @Query() { limit, cursor }: StoreListQuery): Promise<Page<StoreItem>> {
    return this.items.list(tenantId, limit, cursor);
  }

  /** Puts an item on sale. */
  @Post()
  @Allow('store:write')
  @Answers(StoreItemView, { status: 201 })
  create(@By() actor: Actor, @Body() { name, price }: CreateItemDto): Promise<StoreItem> {
    return this.items.create(actor, { name, price });
  }

  /** Changes name or price, or takes the item off sale. */
  @Patch(':number')
  @Allow('store:write')
  @ApiParam({ name: 'number', type: 'integer', example: 1 })
  @Answers(StoreItemView)
  @Fails(() => new ItemNotFound())
  update(@By() actor: Actor, @Param('number') number: string, @Body() { name, price, archived }: UpdateItemDto): Promise<StoreItem> {
    return this.items.update(actor, readNumber(number) ?? raise(new ItemNotFound()), { name, price, archived });
  }
}

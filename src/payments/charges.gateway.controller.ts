import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiQuery } from '@nestjs/swagger';
import type { Actor } from '../kernel/actor/actor.js';
import { By } from '../kernel/actor/by.decorator.js';
import { WithKey } from '../kernel/actor/key-header.decorator.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { GatewayFields, invalidExample } from '../kernel/dialect/gateway-fields.js';
import type { ChargedPayment } from './charge.js';
import { NoMatchingTransactions, NoTransactions, TransactionNotFound, WebhookUrlNotAllowed } from './charge.faults.js';
import { readCharge, readChargeQuery } from './charges.gateway.dto.js';
import { GatewayChargeForm, GatewayChargeQuery, GatewayChargesQuery } from './charges.gateway.form.js';
import { GatewayChargeView, GatewayTransactionsView, GatewayTransactionView } from './charges.gateway.view.js';
import { type ChargeList, ChargesService } from './charges.service.js';

type QueryFields = Readonly<Record<string, unknown>>;

@Dialect('gateway')
@Controller('api/v1/payments')
export class ChargesGatewayController {
  constructor(private readonly charges: ChargesService) {}

  /** Charges a customer; the charge is completed some seconds later. */
  @Post('charge')
  @WithKey('payments:write', { reads: ({ body }) => readCharge(body) })
  @ApiBody({ type: GatewayChargeForm })
  @Answers(GatewayChargeView, { status: 201 })
  @Fails(invalidExample(readCharge), () => new WebhookUrlNotAllowed('http://10.0.0.1/'))
  charge(@By() actor: Actor, @Body() body: unknown): Promise<ChargedPayment> {
    return this.charges.charge(actor, readCharge(body));
  }

  /** Charges made with the owner's keys: the newest 1,000, oldest of them first. */
  @Get('all')
  @WithKey('payments:read')
  @ApiQuery({ type: GatewayChargesQuery })
  @Answers(GatewayTransactionsView)
  @Fails(() => new NoTransactions())
  all(@By() actor: Actor, @Query() query: QueryFields): Promise<ChargeList> {
    return this.charges.all(actor, cursorOf(query));
  }

  /** Charges by amount, sorted, 1,000 at a time; for the owner of the key, who has signed in as well. */
  @Get('query')
  @WithKey('payments:read', { andToken: true, reads: ({ query }) => readChargeQuery(query) })
  @ApiQuery({ type: GatewayChargeQuery })
  @Answers(GatewayTransactionsView)
  @Fails(invalidExample(() => readChargeQuery({ minAmount: 'much' })), () => new NoMatchingTransactions())
  query(@By() actor: Actor, @Query() query: QueryFields): Promise<ChargeList> {
    return this.charges.query(actor, readChargeQuery(query), cursorOf(query));
  }

  /** One charge. The platform has the same path for ids of its own. */
  @Get(':transaction_id(^txn_.*)')
  @WithKey('payments:read')
  @Answers(GatewayTransactionView)
  @Fails(() => new TransactionNotFound('txn_0190a1b2c3d4'))
  find(@By() actor: Actor, @Param('transaction_id') id: string): Promise<ChargedPayment> {
    return this.charges.find(actor, id);
  }
}

const cursorOf = (query: QueryFields): string | undefined => GatewayFields.ofQuery(query).optionalText('cursor') ?? undefined;

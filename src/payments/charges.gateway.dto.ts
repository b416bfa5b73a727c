import { type FieldRefusal, GatewayFields, valueError } from '../kernel/dialect/gateway-fields.js';
import { type Decimal, decimalText, inUnits } from '../kernel/money/decimal.js';
import { chargeFields, type ChargeQuery, placesOf } from './charge.js';
import { type Charge, limits } from './payment.js';

export interface NewCharge extends Omit<Charge, 'id'> {
  readonly customerName: string;
  readonly amountMinor: number;
}

export const longest = { currency: 3, details: 1_000, webhookUrl: 2_048 };
const noDetails = 'No details provided';
const blankName = valueError('Customer name cannot be empty or whitespace.');

/** The published fields in their order. @throws ValidationFailed, naming every field that is wrong */
export function readCharge(body: unknown): NewCharge {
  const fields = GatewayFields.ofBody(body);
  const read = {
    customerName: readCustomerName(fields),
    amountMinor: readAmount(fields, placesOf(String(fields.value('currency')).toUpperCase())),
    currency: fields.text('currency', { most: longest.currency }),
    details: fields.optionalText('details', { most: longest.details }) || noDetails,
    webhookUrl: fields.optionalText('webhookUrl', { most: longest.webhookUrl }) || null,
  };
  fields.assertNone();
  return read;
}

function readCustomerName(fields: GatewayFields): string {
  const name = fields.text('customerName', { least: 1, most: limits.name });
  if (name !== '' && name.trim() === '') fields.refuse('customerName', blankName);
  return name.trim();
}

/** In minor units; a problem is told where it is found, so that the problems keep the order of the fields. */
function readAmount(fields: GatewayFields, places: number): number {
  if (fields.value('paymentAmount') === undefined) fields.missing('paymentAmount');
  const amount = fields.decimal('paymentAmount');
  const minor = amount && inUnits(amount, places);
  const problem = amount && amountProblem(amount, minor, places);
  if (problem) fields.refuse('paymentAmount', problem);
  return Number(minor ?? 0);
}

function amountProblem({ digits }: Decimal, minor: bigint | undefined, places: number): FieldRefusal | undefined {
  if (digits <= 0n) return { rule: 'greater_than', message: 'Input should be greater than 0', ctx: { gt: 0 } };
  if (minor === undefined) return valueError(`paymentAmount must have at most ${places} decimal places.`);
  if (minor <= BigInt(limits.amountMinor)) return undefined;
  const most = Number(decimalText(limits.amountMinor, places));
  return { rule: 'less_than_equal', message: `Input should be less than or equal to ${most}`, ctx: { le: most } };
}

/** @throws ValidationFailed, naming every parameter that is wrong */
export function readChargeQuery(query: unknown): ChargeQuery {
  const fields = GatewayFields.ofQuery(query);
  const least = fields.decimal('minAmount');
  const most = fields.decimal('maxAmount');
  const sortBy = fields.value('sortBy') === undefined ? 'createdAt' : fields.oneOf('sortBy', chargeFields);
  const sortOrder = fields.value('sortOrder');
  fields.assertNone();
  return { ...(least && { least }), ...(most && { most }), sortBy, descending: sortOrder === undefined || sortOrder === 'desc' };
}

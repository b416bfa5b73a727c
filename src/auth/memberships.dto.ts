import { Transform, Type } from 'class-transformer';
import { IsInt, IsNotEmpty, IsString, Max, MaxLength, Min } from 'class-validator';
import { IfGiven } from '../kernel/http/if-given.decorator.js';
import { longestName } from '../tenants/tenant.js';
import { trimmed } from '../kernel/http/trimmed.js';

export class CreateTenantDto {
  /** @example "Acme Ltd" */
  @Transform(trimmed) @IsString() @IsNotEmpty() @MaxLength(longestName) name: string;
}
export class TenantsQuery {
  /** Tenants a page holds. */
  @IsInt() @Min(1) @Max(100) @Type(() => Number) limit: number = 25;
  /** `nextCursor` of the page before. */
  @IfGiven() @IsString() @MaxLength(500) cursor?: string;
}

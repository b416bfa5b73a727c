import { Transform, Type } from 'class-transformer';
import { IsInt, IsNotEmpty, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { longestName } from '../tenants/tenant.js';
import { trimmed } from './auth.dto.js';

export class CreateTenantDto {
  /** @example "Acme Ltd" */
  @Transform(trimmed) @IsString() @IsNotEmpty() @MaxLength(longestName) name: string;
}
export class TenantsQuery {
  /** Tenants a page holds. */
  @IsInt() @Min(1) @Max(100) @Type(() => Number) limit: number = 25;
  /** `nextCursor` of the page before. */
  @IsOptional() @IsString() @MaxLength(500) cursor?: string;
}

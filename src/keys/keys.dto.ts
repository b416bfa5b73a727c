import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsInt, IsISO8601, IsNotEmpty, IsString, Max, MaxLength, Min } from 'class-validator';
import { IfGiven } from '../kernel/http/if-given.decorator.js';
import { trimmed } from '../kernel/http/trimmed.js';
import type { Permission } from '../kernel/actor/permissions.js';
import { limits, scopes } from './api-key.js';

export class CreateKeyDto {
  /** @example "Checkout server" */
  @Transform(trimmed) @IsString() @IsNotEmpty() @MaxLength(limits.name) name: string;
  /** What the key is good for, of what its owner may do. @example ["payments:read", "payments:write"] */
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(50) @IsIn(scopes, { each: true }) scopes: Permission[];
  /** Not good any more from then on; without it until it is revoked. @example "2027-01-03T10:00:00Z" */
  @IfGiven() @IsISO8601({ strict: true }) @MaxLength(40) expiresAt?: string;
}
export class RotateKeyDto {
  /** Hours for which the secret that is replaced stays good. @example 24 */
  @IsInt() @Min(0) @Max(limits.overlapHours) overlapHours: number = limits.overlapHours;
}
export class KeysQuery {
  /** Keys a page holds. */
  @IsInt() @Min(1) @Max(100) @Type(() => Number) limit: number = 25;
  /** `nextCursor` of the page before. */
  @IfGiven() @IsString() @MaxLength(500) cursor?: string;
}

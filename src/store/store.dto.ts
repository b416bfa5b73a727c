import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsInt, IsNotEmpty, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { IfGiven } from '../kernel/http/if-given.decorator.js';
import { trimmed } from '../kernel/http/trimmed.js';
import { limits } from './store-item.js';

export class CreateItemDto {
  /** @example "MICAH HUG" */
  @Transform(trimmed) @IsString() @IsNotEmpty() @MaxLength(limits.name) name: string;
  /** In credits. @example 10 */
  @IsInt() @Min(1) @Max(limits.price) price: number;
}
export class UpdateItemDto {
  /** @example "MICAH HUG" */
  @IfGiven() @Transform(trimmed) @IsString() @IsNotEmpty() @MaxLength(limits.name) name?: string;
  /** In credits; what was bought before keeps its price. @example 10 */
  @IfGiven() @IsInt() @Min(1) @Max(limits.price) price?: number;
  /** Not for sale any more. @example false */
  @IfGiven() @IsBoolean() archived?: boolean;
}
export class CreateTeamDto {
  /** 1 to 64 printable characters, of everybody's different. @example "team13" */
  @Transform(trimmed)
  @IsString()
  @MaxLength(64, { message: 'username must be 1 to 64 printable characters' })
  @Matches(/^[^\p{C}\p{Zl}\p{Zp}]+$/u, { message: 'username must be 1 to 64 printable characters' })
  username: string;
  /** @example "Changeme-2018" */
  @IsString() @IsNotEmpty() password: string;
  /** Credits that the team begins with. @example 1000 */
  @IsInt() @Min(0) @Max(limits.price) balance: number = 0;
}
export class StoreListQuery {
  /** Rows a page holds. */
  @IsInt() @Min(1) @Max(100) @Type(() => Number) limit: number = 25;
  /** `nextCursor` of the page before. */
  @IfGiven() @IsString() @MaxLength(500) cursor?: string;
}

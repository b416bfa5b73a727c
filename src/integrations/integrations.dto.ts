import { Transform, Type } from 'class-transformer';
import { IsIn, IsInt, IsNotEmpty, IsString, Max, MaxLength, Min } from 'class-validator';
import { IfGiven } from '../kernel/http/if-given.decorator.js';
import { trimmed } from '../kernel/http/trimmed.js';
import { longestOverlapHours } from '../webhooks/sealed-secrets.js';
import { limits, type Provider, providers } from './integration.js';

export class CreateIntegrationDto {
  /** @example "Bank statements" */
  @Transform(trimmed) @IsString() @IsNotEmpty() @MaxLength(limits.name) name: string;
  /** How it signs: `generic` as Standard Webhooks say. @example "generic" */
  @IsIn(providers) provider: Provider = 'generic';
}
export class RotateIntegrationSecretDto {
  /** Hours for which the secret that is replaced stays good. @example 24 */
  @IsInt() @Min(0) @Max(longestOverlapHours) overlapHours: number = longestOverlapHours;
}
export class IntegrationsQuery {
  /** Integrations a page holds. */
  @IsInt() @Min(1) @Max(100) @Type(() => Number) limit: number = 25;
  /** `nextCursor` of the page before. */
  @IfGiven() @IsString() @MaxLength(500) cursor?: string;
}

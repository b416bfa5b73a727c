import { type DialectName, type Voice, voices } from '../kernel/dialect/voices.js';
import type { Route } from '../kernel/http/routes.js';

/** A published API: everything that speaks one dialect. */
export interface Surface {
  readonly name: string;
  readonly dialect: DialectName;
  readonly title: string;
  readonly description: string;
}

export const platform: Surface = {
  name: 'platform',
  dialect: 'traced',
  title: 'Platform',
  description:
    'Everything the product can do, below `/api/v1`. Every answer is `{data, error, meta: {traceId}}`; lists are paged by cursor, ' +
    'and `error.code` is stable. Fields that a request does not have are refused.',
};
export const surfaces: readonly Surface[] = [
  {
    name: 'routing',
    dialect: 'envelope',
    title: 'Payment routing',
    description:
      'Payments, provider attempts and analytics, below `/api`. Every answer is `{status, message?, data?}`, where `status` is the HTTP ' +
      'status; bodies may be forms or JSON.',
  },
  {
    name: 'financial',
    dialect: 'bare',
    title: 'Financial operations',
    description: 'Credits, disputes, billing and Stripe, below `/api/financial` and `/api/stripe`. A failure is `{detail}`.',
  },
  {
    name: 'gateway',
    dialect: 'gateway',
    title: 'Payment gateway',
    description:
      'Users, API keys, charges and signed webhooks for merchants’ servers, below `/api/v1`. A failure is `{detail}`; a request that ' +
      'cannot be read is 422 with one item for each field.',
  },
  platform,
  {
    name: 'store',
    dialect: 'store',
    title: 'Team store',
    description: 'Sessions, balance, buying and transfers for teams, at the root. A failure is `{error}`; bodies may be forms or JSON.',
  },
];

/** Routes that speak no dialect are the platform's: they serve those who run it. */
export const surfaceOf = ({ dialect }: Route): Surface => surfaces.find((surface) => surface.dialect === dialect) ?? platform;
/** Where no dialect is declared, a failure speaks as unknown paths at the root do. */
export const plainDialect = 'store';
export const voiceOf = ({ dialect = plainDialect }: Route): Voice => voices[dialect];

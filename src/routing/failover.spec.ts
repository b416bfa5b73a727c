import { declineCategories } from '../providers/decline.js';
import type { Outcome } from '../providers/payment-provider.js';
import { failover, failoverVersion, followUpOf } from './failover.js';

it('says for every category what may follow, and changes with its version only', () => {
  expect([failoverVersion, failover]).toEqual([
    1,
    {
      insufficient_funds: 'same_later',
      limit_exceeded: 'same_later',
      do_not_honour: 'another',
      expired_card: 'customer',
      invalid_card: 'stop',
      incorrect_cvc: 'customer',
      lost_or_stolen: 'stop',
      not_permitted: 'stop',
      fraud: 'stop',
      authentication_required: 'customer',
      authentication_failed: 'customer',
      provider_unavailable: 'another',
      rate_limited: 'another',
      misconfigured: 'another',
      not_supported: 'another',
      refused: 'stop',
      other: 'stop',
      unknown: 'wait',
    },
  ]);
});

it('has a row for each category, and one for what nobody knows', () => {
  expect(Object.keys(failover).sort()).toEqual([...declineCategories, 'unknown'].sort());
});

const declined = (category: (typeof declineCategories)[number]): Outcome & { outcome: 'none' } => ({
  outcome: 'none',
  decline: { category, code: 'c', message: 'm' },
});

it('is asked with the outcome', () => {
  expect([followUpOf(declined('rate_limited')), followUpOf(declined('fraud'))]).toEqual(['another', 'stop']);
});

it('waits for an outcome that is unknown, whatever the reason', () => {
  expect(followUpOf({ outcome: 'unknown', because: 'provider_unavailable' })).toBe('wait');
});

import type { Migration } from './migrator.js';

const hexDigits = 12;
const start = { $subtract: [{ $strLenCP: '$_id' }, hexDigits] };

/** Users who were made before the gateway are found by its ids as well. */
export const gatewayIds: Migration = {
  version: 1,
  name: 'gateway-ids',
  async run(db) {
    const gatewayId = { $concat: ['user_', { $substrCP: ['$_id', start, hexDigits] }] };
    await db.collection('users').updateMany({ gatewayId: { $exists: false } }, [{ $set: { gatewayId } }]);
  },
};

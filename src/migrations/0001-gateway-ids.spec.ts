import { MongoClient } from 'mongodb';
import { testDatabaseUri } from '../../test/support/database.js';
import { gatewayUserId } from '../kernel/ids.js';
import { gatewayIds } from './0001-gateway-ids.js';

it('gives users of before the id that new ones have, and leaves the others alone', async () => {
  const client = await MongoClient.connect(testDatabaseUri('gateway-ids'));
  try {
    const users = client.db().collection<{ _id: string; gatewayId?: string }>('users');
    const old = ['usr_0190a1b2-0000-7000-8000-0123456789ab', 'usr_0190a1b2-0000-7000-8000-cdef01234567'];
    await users.insertMany([...old.map((_id) => ({ _id })), { _id: 'usr_new', gatewayId: 'user_new' }]);
    await gatewayIds.run(client.db());
    await gatewayIds.run(client.db());
    const found = await users.find().sort({ _id: 1 }).toArray();
    expect(found.map(({ gatewayId }) => gatewayId)).toEqual(['user_0123456789ab', 'user_cdef01234567', 'user_new']);
    expect(old.map(gatewayUserId)).toEqual(['user_0123456789ab', 'user_cdef01234567']);
  } finally {
    await client.db().dropDatabase();
    await client.close();
  }
});

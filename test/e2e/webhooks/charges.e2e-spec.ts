import { verifyGateway } from '../../../src/webhooks/gateway-signature.js';
import { startApp, type TestApp } from '../../support/app.js';
import { eventually } from '../../support/eventually.js';
import { gatewayUser } from '../../support/gateway.js';
import { type Received, startReceiver } from '../../support/receiver.js';
import { deliver } from '../../support/senders.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ env: { BACKGROUND_INTERVAL_MS: '200', GATEWAY_SETTLE_AFTER_MS: '100' } });
});
afterAll(() => app.close());

it('a charge is completed, told to its address, and what is told is taken by our own receiver', async () => {
  const receiver = await startReceiver();
  const { apiKey, webhookSecret, call } = await gatewayUser(app);
  const charge = { customerName: 'Zoé', paymentAmount: 100.1, currency: 'GBP', webhookUrl: `${receiver.url}/hook` };
  const { status, body: charged } = await call('POST', '/api/v1/payments/charge', charge);
  expect([status, charged.status]).toEqual([201, 'pending']);
  const [{ headers, body }] = await eventually(() => receiver.received.length > 0 && (receiver.received as [Received]));
  expect(JSON.parse(body)).toMatchObject({
    event: 'payment.completed',
    id: charged.id,
    data: { customerName: 'Zoé', amount: 100.1, currency: 'GBP', status: 'completed' },
  });
  expect(verifyGateway(webhookSecret, headers['x-signature'], Buffer.from(body))).toBe(true);
  const signature = String(headers['x-signature']);
  const sent = { path: '/api/v1/webhook-receive', headers: { 'x-api-key': apiKey, 'x-signature': signature }, body };
  expect((await deliver(app.url, sent)).body).toEqual({ status: 'verified' });
  await receiver.close();
});

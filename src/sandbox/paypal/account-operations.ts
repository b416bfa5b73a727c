import type { Engine } from '../engine/engine.js';
import { type Answer, type Call, type Fields, type Operation, textOf } from '../engine/wire.js';
import { authAlgo, signedText } from './paypal-events.js';
import { type AccessTokens, isClient, tokenPath } from './paypal-manners.js';
import type { SigningIdentity } from './signing-identity.js';

/** What has to do with who asks and who tells. */
export function accountOperations(engine: Pick<Engine, 'target'>, tokens: AccessTokens, identity: SigningIdentity): readonly Operation[] {
  const isGenuine = (body: Fields): boolean => {
    const [id = '', time = '', webhookId = ''] = [textOf(body.transmission_id), textOf(body.transmission_time), textOf(body.webhook_id)];
    const text = signedText(id, time, webhookId, JSON.stringify(body.webhook_event));
    const isOurs = body.auth_algo === authAlgo && textOf(body.cert_url)?.endsWith(`/${identity.certificateId}`) === true;
    return isOurs && webhookId === engine.target()?.secret && identity.verify(text, textOf(body.transmission_sig) ?? '');
  };
  return [
    { method: 'POST', path: tokenPath, name: 'token', run: (call) => issued(call, tokens) },
    {
      method: 'POST',
      path: '/v1/notifications/verify-webhook-signature',
      name: 'read',
      run: ({ body }) => ({ status: 200, body: { verification_status: isGenuine(body) ? 'SUCCESS' : 'FAILURE' } }),
    },
  ];
}

function issued(call: Call, tokens: AccessTokens): Answer {
  if (!isClient(call)) return { status: 401, body: { error: 'invalid_client', error_description: 'Client Authentication failed' } };
  if (call.body.grant_type !== 'client_credentials') {
    return { status: 400, body: { error: 'unsupported_grant_type', error_description: 'Unsupported grant type' } };
  }
  const { token, expiresIn } = tokens.issue();
  return { status: 200, body: { scope: '', access_token: token, token_type: 'Bearer', app_id: 'APP-SANDBOX', expires_in: expiresIn } };
}

import type { ConnectorOptions } from './payment-provider.js';

/** Those that a connector declares. @throws Error where one of them is missing */
export function readCredentials<Name extends string>(
  names: readonly Name[],
  { credentials }: ConnectorOptions,
): Readonly<Record<Name, string>> {
  const missing = names.find((name) => !credentials[name]);
  if (missing !== undefined) throw new Error(`The credential ${missing} is missing`);
  return credentials;
}

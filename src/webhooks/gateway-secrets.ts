/** Knows the secret with which webhooks from and to a user of the gateway are signed; the keys feature provides it. */
export abstract class GatewaySecrets {
  /** Null where the user has none. */
  abstract of(userId: string): Promise<string | null>;
}

import { ApiProperty } from '@nestjs/swagger';
import { longestStoreToken } from '../auth/store-session.js';

const token = { minLength: 1, maxLength: longestStoreToken };
const positive = { type: 'integer', minimum: 1 } as const;

/** What the store documents of its requests; its own readers read them, in the published order and words. */
export class StoreTokenForm {
  /** Of the session. @example "heythere" */
  @ApiProperty(token) token: string;
}
export class StoreItemsForm {
  /** Of a session, if there is one: the items of its tenant are shown. @example "heythere" */
  token?: string;
}
export class StoreLoginForm {
  /** Or an e-mail. @example "team1" */
  username: string;
  /** The client's own choice, and the session's from now on; the one before ends. @example "heythere" */
  @ApiProperty(token) token: string;
  /** @example "Changeme-2018" */
  password: string;
}
export class StorePasswordForm {
  /** @example "Changeme-2018" */
  old_password: string;
  /** Of the session. @example "heythere" */
  @ApiProperty(token) token: string;
  /** @example "Changed-2019" */
  new_password: string;
}
export class StoreRenewalForm {
  /** Of the session. @example "heythere" */
  @ApiProperty(token) old_token: string;
  /** Of the session from now on. @example "hello-again" */
  @ApiProperty(token) new_token: string;
}
export class StorePurchaseForm {
  /** Of the session. @example "heythere" */
  @ApiProperty(token) token: string;
  /** The item's number. @example 1 */
  @ApiProperty(positive) item_id: number;
}
export class StoreTransferForm {
  /** A team's number. @example 2 */
  @ApiProperty(positive) recipient: number;
  /** Of the session. @example "heythere" */
  @ApiProperty(token) token: string;
  /** @example 100 */
  @ApiProperty(positive) amount: number;
}

import { randomBytes } from 'node:crypto';

/** Names a running process; a new one after each start. */
export const newNodeId = (): string => randomBytes(9).toString('base64url');

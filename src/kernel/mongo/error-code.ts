/** By shape, not by instanceof: an error of Node itself is of another realm than code under Jest. */
export function hasCode(error: unknown, code: string | number): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

/** Ended by somebody else, as `killSessions` does: what it was part of may succeed when it is sent again. */
export const isInterrupted = (error: unknown): boolean => hasCode(error, 11601);

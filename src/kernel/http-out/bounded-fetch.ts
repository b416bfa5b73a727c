export interface TextAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** As fetch to the last byte, but no redirect is followed, and an answer of more than so many bytes breaks off while it is read. */
export const boundedFetch = (maxAnswerBytes: number) => {
  return async (...[input, init]: Parameters<typeof fetch>): Promise<TextAnswer> => {
    const { status, headers, body } = await fetch(input, { ...init, redirect: 'manual' });
    return { status, headers, text: body === null ? '' : await textOf(body, maxAnswerBytes) };
  };
};

async function textOf(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`The answer has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

interface SystemError {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly cause?: unknown;
  readonly detail?: unknown;
}

/** No certificate that is trusted, or no TLS at all: the request waits for the end of the handshake, so that it was not sent. */
const handshakes = /^(CERT_|ERR_TLS_CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_SSL_WRONG_VERSION_NUMBER|HOSTNAME_MISMATCH)/;

/** Whether a failed fetch certainly sent nothing: no name, no connection or no trust. What broke later may have arrived. */
export function isNeverSent(error: unknown): boolean {
  for (let each = error as SystemError | undefined, depth = 0; each && depth < 5; depth++) {
    if (each.syscall === 'connect' || each.syscall === 'getaddrinfo') return true;
    if (typeof each.code === 'string' && (each.code === 'UND_ERR_CONNECT_TIMEOUT' || handshakes.test(each.code))) return true;
    if (each.code === 'ECONNREFUSED') return true;
    each = (each.cause ?? each.detail) as SystemError | undefined;
  }
  return false;
}

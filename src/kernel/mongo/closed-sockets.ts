import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/**
 * What is written to a socket in the moment between its end and its `close` event goes nowhere, and where the end came without an
 * error (a server was killed) no error is told: the driver (7.9.0, `Connection.writeCommand`) then waits for `drain` for ever. Whoever
 * still waits when a socket closes is told here.
 */
export function tellWriters(socket: Socket): void {
  socket.once('close', () => {
    if (socket.listenerCount('drain') === 0 || socket.listenerCount('error') === 0) return;
    socket.emit('error', Object.assign(new Error('The socket was closed before it could be written to'), { code: 'ERR_STREAM_DESTROYED' }));
  });
}

let isSubscribed = false;

/** For all sockets that this process opens from now on; once is enough. */
export function tellWritersOfClosedSockets(): void {
  if (isSubscribed) return;
  isSubscribed = true;
  subscribe('net.client.socket', (message) => tellWriters((message as { readonly socket: Socket }).socket));
}

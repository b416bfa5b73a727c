import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import type { MongoClient } from 'mongodb';

const channel = 'net.client.socket';

/** Waits for it once, as the driver does; those that are told each time, as Node's own HTTP client is, wait for nothing. */
const isAwaited = (socket: Socket): boolean => socket.rawListeners('drain').some((listener) => 'listener' in listener);

function tellWriters(message: unknown): void {
  const { socket } = message as { readonly socket: Socket };
  socket.once('close', () => {
    // An error that nobody hears would end the process.
    if (!isAwaited(socket) || socket.listenerCount('error') === 0) return;
    socket.emit('error', Object.assign(new Error('The socket was closed before it could be written to'), { code: 'ERR_STREAM_DESTROYED' }));
  });
}

/**
 * What is written to a socket in the moment between its end and its `close` event goes nowhere, and where the end came without an
 * error (a server was killed) no error is told: the driver (7.9.0, `Connection.writeCommand`) then waits for `drain` for ever. For as
 * long as the client is open, whoever still waits when a socket closes is told.
 */
export function tellOfClosedSockets(client: MongoClient): void {
  subscribe(channel, tellWriters);
  client.once('topologyClosed', () => void unsubscribe(channel, tellWriters));
}

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Writes bytes of a body. Resolves when the operating system has them, or the connection is closed. */
export function flushed(response: ServerResponse, bytes: string | Buffer): Promise<void> {
  if (response.closed) return Promise.resolve();
  return new Promise((resolve) => {
    response.once('close', resolve);
    response.write(bytes, () => {
      response.off('close', resolve);
      resolve();
    });
  });
}

/** Ends a response. Resolves to whether it was written to its end. */
export function ended(response: ServerResponse, bytes?: string | Buffer): Promise<boolean> {
  if (response.closed) return Promise.resolve(false);
  return new Promise((resolve) => {
    response.once('finish', () => resolve(true));
    response.once('close', () => resolve(response.writableFinished));
    response.end(bytes);
  });
}

/** Closes a connection with a reset (RST), and not in order (FIN). */
export function reset(socket: Socket): void {
  try {
    socket.resetAndDestroy();
  } catch {
    // What lies under TLS, or another stream, has no reset of its own.
    socket.destroy();
  }
}

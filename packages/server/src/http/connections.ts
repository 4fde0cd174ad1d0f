import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Bounds how many connections are open: each may hold 64 KiB of an image and what its socket buffers. Past the limit,
 * whichever has gone longest without a request makes room: kept alive and forgotten, or opened and never used. Where all
 * are in the middle of one, the new connection is closed.
 */
export function boundConnections(server: Server, limit: number): void {
  const open = new Set<Socket>();
  /** Those without a request, in the order in which they came to be so. */
  const idle = new Set<Socket>();

  server.on('connection', (socket) => {
    if (open.size >= limit) {
      const [longest = socket] = idle;
      idle.delete(longest);
      longest.destroy();
    }
    if (socket.destroyed) return;
    open.add(socket);
    idle.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      idle.delete(socket);
    });
  });

  function busy({ socket }: IncomingMessage, response: ServerResponse): void {
    idle.delete(socket);
    response.once('close', () => {
      if (!socket.destroyed) idle.add(socket);
    });
  }
  server.on('request', busy);
  server.on('checkContinue', busy);
  server.on('checkExpectation', busy);
}

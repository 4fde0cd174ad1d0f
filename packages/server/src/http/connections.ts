import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Bounds how many connections are open: each may hold 64 KiB of an image and what its socket buffers. Past the limit,
 * whichever has gone longest without a request makes room: kept alive and forgotten, or opened and never used. Where all
 * are in the middle of one, the new connection is closed.
 *
 * @param stopping aborted when the service is told to stop: from then on every answer says `Connection: close`, so that
 *   clients open their next connection elsewhere instead of losing one that they use
 * @returns closes connections on which nothing was ever sent: `closeIdleConnections` takes them for busy
 */
export function boundConnections(server: Server, limit: number, stopping: AbortSignal): () => void {
  /** With the answer that each is to have. The keys stay while the connection is open. */
  const open = new Map<Socket, ServerResponse | undefined>();
  /** Those without a request, in the order in which they came to be so. */
  const idle = new Set<Socket>();

  server.on('connection', (socket) => {
    if (open.size >= limit) {
      const [longest = socket] = idle;
      idle.delete(longest);
      longest.destroy();
    }
    if (socket.destroyed) return;
    open.set(socket, undefined);
    idle.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      idle.delete(socket);
    });
  });

  function busy({ socket }: IncomingMessage, response: ServerResponse): void {
    idle.delete(socket);
    if (open.has(socket)) open.set(socket, response);
    if (stopping.aborted) response.shouldKeepAlive = false;
    response.once('close', () => {
      if (socket.destroyed) return;
      if (open.get(socket) === response) open.set(socket, undefined);
      idle.add(socket);
    });
  }
  server.on('request', busy);
  server.on('checkContinue', busy);
  server.on('checkExpectation', busy);

  stopping.addEventListener('abort', () => {
    for (const response of open.values()) {
      if (response && !response.headersSent) response.shouldKeepAlive = false;
    }
  });

  return () => {
    for (const socket of idle) if (socket.bytesRead === 0) socket.destroy();
  };
}

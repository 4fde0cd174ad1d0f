import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** A request, and the response that it is to have. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A connection that is open. */
export interface Connection {
  readonly socket: Socket;
  /** What is being done for it; undefined where it is idle. */
  exchange: Exchange | undefined;
  /** What was asked meanwhile, in order. */
  readonly waiting: Exchange[];
  /** Why what came last cannot be read: nothing can be read any more. */
  broken: NodeJS.ErrnoException | undefined;
}

export interface ConnectionOptions {
  /** Connections that may be open. */
  readonly limit: number;
  /**
   * Aborted when the service begins to stop: from then on every response says `Connection: close`, so that clients open their next
   * connection elsewhere instead of losing one that they use.
   */
  readonly stopping: AbortSignal;
  /** Works on a request. Its response's end, whole or not, makes room for the next one of its connection. */
  take(exchange: Exchange): void;
  /** Answers what is no request, when its turn has come, and ends the connection. */
  refuse(error: NodeJS.ErrnoException, socket: Duplex): void;
}

/** The connections that are open. */
export interface Connections extends Iterable<Connection> {
  /** Closes those on which nothing was ever sent: `closeIdleConnections` takes them for busy. */
  closeUnused(): void;
}

/**
 * Requests that may wait on one connection. A pipelining client sends a few; each costs some KiB, and one read of 64 KiB can
 * bring two thousand, which Node makes requests of all at once.
 */
const WAITING_LIMIT = 32;

/**
 * Keeps one request of a connection under way at a time: Node itself gives out every request that a read brings, and a response
 * that is not its connection's current one never learns that the connection closed. A connection on which too many wait is
 * closed; of one that closed nothing is begun. What is no request is answered in its turn as well: an answer to excess bytes would
 * stand where the response belongs to the request before them. A sender that has said that no more is to come still gets the
 * responses to what it asked.
 *
 * Bounds how many connections are open: each may hold 64 KiB of an image and what its socket buffers. Past the limit, whichever
 * has gone longest without a request makes room: kept alive and forgotten, or opened and never used. Where all are in the
 * middle of one, the new connection is closed.
 */
export function watchConnections(
  server: Server,
  { limit, stopping, take, refuse }: ConnectionOptions,
): Connections {
  /**
   * Keys stay while a connection is open: a table whose keys come and go with every request is rebuilt all the time, and V8's
   * old tables hold what was in them until the next major collection (a tenth of an upload).
   */
  const open = new Map<Duplex, Connection>();
  /** Those without a request, in the order in which they came to be so. */
  const idle = new Set<Socket>();

  server.on('connection', (socket) => {
    if (open.size >= limit) {
      const [longest = socket] = idle;
      idle.delete(longest);
      longest.destroy();
    }
    if (socket.destroyed) return;
    open.set(socket, { socket, exchange: undefined, waiting: [], broken: undefined });
    idle.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      idle.delete(socket);
    });
  });

  function asked(request: IncomingMessage, response: ServerResponse): void {
    const connection = open.get(request.socket);
    if (!connection || request.socket.destroyed) return;
    const exchange = { request, response };
    if (!connection.exchange) begin(connection, exchange);
    else if (connection.waiting.length < WAITING_LIMIT) connection.waiting.push(exchange);
    else request.socket.destroy();
  }

  function begin(connection: Connection, exchange: Exchange): void {
    const { socket } = connection;
    connection.exchange = exchange;
    idle.delete(socket);
    if (stopping.aborted) exchange.response.shouldKeepAlive = false;
    if (connection.broken && !exchange.request.complete) {
      refuseBroken(connection, connection.broken);
      return;
    }
    exchange.response.once('close', () => {
      connection.exchange = undefined;
      // The connection closed, or is about to: waiting requests get no response.
      if (socket.destroyed || socket.writableEnded) return;
      const next = connection.waiting.shift();
      if (next) begin(connection, next);
      else {
        idle.add(socket);
        if (connection.broken) refuseBroken(connection, connection.broken);
      }
    });
    take(exchange);
  }

  function broke(error: NodeJS.ErrnoException, socket: Duplex): void {
    const connection = open.get(socket);
    // Node says so again at each further read, and of connections that had no room.
    if (!connection || connection.broken) return;
    connection.broken = error;
    const { exchange } = connection;
    if (!exchange?.request.complete) refuseBroken(connection, error);
  }

  /** Half a response cannot be taken back: the connection's end says that it is none. */
  function refuseBroken({ socket, exchange }: Connection, error: NodeJS.ErrnoException): void {
    if (exchange?.response.headersSent) socket.destroy();
    else refuse(error, socket);
  }

  server.on('request', asked);
  // A sender that waits for `100 Continue` is refused on the headers, before a byte of the body (contract 5.10).
  server.on('checkContinue', asked);
  // Other expectations mean nothing here, and Node's own answer to them would carry no Request-ID.
  server.on('checkExpectation', asked);
  server.on('clientError', broke);
  // Node's own name for it. Without it Node aborts what was asked as soon as the sender half-closes: stored, and not answered.
  Object.assign(server, { httpAllowHalfOpen: true });

  stopping.addEventListener('abort', () => {
    for (const { exchange } of open.values()) {
      if (exchange && !exchange.response.headersSent) exchange.response.shouldKeepAlive = false;
    }
  });

  return {
    [Symbol.iterator]: () => open.values(),
    closeUnused() {
      for (const socket of idle) if (socket.bytesRead === 0) socket.destroy();
    },
  };
}

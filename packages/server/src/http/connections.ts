import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What is known of whoever asks; it decides who makes room for others. */
export interface Standing {
  /** Whether the request is refused already, and only its rest is awaited. */
  isRefused: boolean;
  /** @returns whether it is proven who asks. Default: no */
  isProven(): boolean;
}

/** A request, and the response that it is to have. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly standing: Standing;
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
  /** Whether whoever holds it has once proven who they are. */
  wasProven: boolean;
  /** Whether there was no room for it: it may ask for a probe, and for what else there is room by then. */
  isSpare: boolean;
  /** When it came to be idle, or busy: later ones have greater numbers. */
  since: number;
}

/** Which connection made room; `none`: a new one, since nobody else had to. */
export type Rank = 'refused' | 'unproven' | 'idle' | 'none';

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
  /** @returns whether the request is one by which the service is monitored: there is always room for it */
  isProbe(request: IncomingMessage): boolean;
  /** Called when a connection is closed for another's sake; `none`: it was the new one, since nobody had to make room. */
  onMadeRoom(socket: Socket, which: Rank): void;
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

/** Connections past the limit that are let in for probes. */
const SPARE = 32;

/** Who makes room, first to last. */
const RANKS: readonly Rank[] = ['refused', 'unproven', 'idle'];

/**
 * Keeps one request of a connection under way at a time: Node itself gives out every request that a read brings, and a response
 * that is not its connection's current one never learns that the connection closed. A connection on which too many wait is
 * closed; of one that closed nothing is begun. What is no request is answered in its turn as well: an answer to excess bytes would
 * stand where the response belongs to the request before them. A sender that has said that no more is to come still gets the
 * responses to what it asked.
 *
 * Bounds how many connections are open: each may hold 64 KiB of an image and what its socket buffers. Past the limit somebody makes
 * room: first those whose request is refused already, then those of whom nothing is proven, idle or not, then those who are idle;
 * of these the one that has been so longest. Honest ones are proven within moments. Where all are in the middle of proven
 * requests, a few more are let in, for probes alone.
 */
export function watchConnections(
  server: Server,
  { limit, stopping, take, refuse, isProbe, onMadeRoom }: ConnectionOptions,
): Connections {
  /**
   * Keys stay while a connection is open: a table whose keys come and go with every request is rebuilt all the time, and V8's
   * old tables hold what was in them until the next major collection (a tenth of an upload).
   */
  const open = new Map<Duplex, Connection>();
  let spares = 0;
  let changes = 0;

  server.on('connection', (socket) => {
    const isSpare = !isRoom();
    if (isSpare && spares >= SPARE && !makeRoom(true)) {
      socket.destroy();
      onMadeRoom(socket, 'none');
      return;
    }
    changes += 1;
    if (isSpare) spares += 1;
    const connection: Connection = {
      ...{ socket, exchange: undefined, waiting: [], broken: undefined },
      ...{ wasProven: false, isSpare, since: changes },
    };
    open.set(socket, connection);
    socket.once('close', () => forget(connection));
  });

  function forget(connection: Connection): void {
    if (open.delete(connection.socket) && connection.isSpare) spares -= 1;
  }

  const isRoom = () => open.size - spares < limit || makeRoom();

  /** @param spare whether spare connections are asked to, too: they hold nobody up else */
  function makeRoom(spare = false): boolean {
    let least = RANKS.length;
    let going: Connection | undefined;
    // Looked for only when all places are taken: to keep them in order would cost every request.
    for (const connection of open.values()) {
      if (connection.isSpare && !spare) continue;
      const rank = RANKS.indexOf(rankOf(connection));
      if (rank < 0 || rank > least || (rank === least && going && going.since < connection.since)) continue;
      least = rank;
      going = connection;
    }
    if (!going) return false;
    forget(going);
    going.socket.destroy();
    onMadeRoom(going.socket, rankOf(going));
    return true;
  }

  function asked(request: IncomingMessage, response: ServerResponse): void {
    const connection = open.get(request.socket);
    if (!connection || request.socket.destroyed) return;
    const exchange = { request, response, standing: { isRefused: false, isProven: () => false } };
    if (!connection.exchange) begin(connection, exchange);
    else if (connection.waiting.length < WAITING_LIMIT) connection.waiting.push(exchange);
    else request.socket.destroy();
  }

  function begin(connection: Connection, exchange: Exchange): void {
    const { socket } = connection;
    if (connection.isSpare && !isProbe(exchange.request)) {
      if (!isRoom()) {
        socket.destroy();
        onMadeRoom(socket, 'none');
        return;
      }
      connection.isSpare = false;
      spares -= 1;
    }
    connection.exchange = exchange;
    changes += 1;
    connection.since = changes;
    if (stopping.aborted) exchange.response.shouldKeepAlive = false;
    if (connection.broken && !exchange.request.complete) {
      refuseBroken(connection, connection.broken);
      return;
    }
    exchange.response.once('close', () => {
      connection.exchange = undefined;
      changes += 1;
      connection.since = changes;
      connection.wasProven ||= exchange.standing.isProven() && !exchange.standing.isRefused;
      // The connection closed, or is about to: waiting requests get no response.
      if (socket.destroyed || socket.writableEnded) return;
      const next = connection.waiting.shift();
      if (next) begin(connection, next);
      else if (connection.broken) refuseBroken(connection, connection.broken);
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
      for (const { socket } of open.values()) if (socket.bytesRead === 0) socket.destroy();
    },
  };
}

function rankOf({ exchange, wasProven }: Connection): Rank {
  if (!exchange) return wasProven ? 'idle' : 'unproven';
  if (exchange.standing.isRefused) return 'refused';
  return exchange.standing.isProven() ? 'none' : 'unproven';
}

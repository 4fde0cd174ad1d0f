import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Trace } from '../signed/trace.js';
import { holderOf } from './holder.js';
import { createRations } from './rations.js';
import { countHolders, type Rank, whoMakesRoom } from './room.js';

/** The state of a request, which decides whose connection makes room for others. */
export interface Standing {
  /** Whether the request has been refused, so that only the rest of its body is awaited. */
  isRefused: boolean;
  /**
   * What the request's stages write, if it is a signed one: they tell whether it is proven who sent it. A field, since a function
   * here keeps every exchange until V8's next major collection (measured: a third of what an upload allocates).
   */
  trace: Trace | undefined;
  /** Reports that the body of the request is cut into too many pieces. Shared by all requests. */
  readonly onCutUp: (request: IncomingMessage) => void;
}

/** A request and its response. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly standing: Standing;
}

/** An open connection. */
export interface Connection {
  readonly socket: Socket;
  /** The address of its peer, as `holderOf` gives it. */
  readonly holder: string;
  /** The exchange in progress; undefined if the connection is idle. */
  exchange: Exchange | undefined;
  /** Later requests of the connection, in order. */
  readonly waiting: Exchange[];
  /** The error of the parser. After an error nothing more can be read from the connection. */
  broken: NodeJS.ErrnoException | undefined;
  /** Whether a sender on this connection was authenticated before. */
  wasProven: boolean;
  /**
   * Whether the connection was accepted beyond the limit. It may send probes, and other requests if there is room by
   * then.
   */
  isSpare: boolean;
  /** When the connection became idle or busy, as a number that grows with every change. */
  since: number;
}

/**
 * Why waiting requests of a connection were dropped: too many of them waited (`crowded`), or the connection closed before their turn
 * (`abandoned`).
 */
export type Unbegun = 'crowded' | 'abandoned';

export interface ConnectionOptions {
  /** The most open connections. */
  readonly limit: number;
  /** The event of a new connection that requests may come on. With TLS, that is once it is agreed upon. */
  readonly opened: 'connection' | 'secureConnection';
  /**
   * Aborted when the service begins to stop. From then on every response contains `Connection: close`, so that clients
   * open their next connection elsewhere and do not lose one in use.
   */
  readonly stopping: AbortSignal;
  /** Handles an exchange. When its response ends, complete or not, the next exchange of the connection begins. */
  take(exchange: Exchange): void;
  /** Responds to input that is not a request, when its turn has come, and closes the connection. */
  refuse(error: NodeJS.ErrnoException, socket: Duplex): void;
  /** @returns whether the request is a health probe, for which there is always room */
  isProbe(request: IncomingMessage): boolean;
  /**
   * Called when a connection is closed to make room for another. `none` means that the new one was closed, because no
   * other could be.
   */
  onMadeRoom(socket: Socket, which: Rank): void;
  /** Called once for a connection whose waiting requests are dropped. */
  onUnbegun(socket: Socket, which: Unbegun): void;
  /** Called when the connections of an address begin to be read in portions. */
  onRationed(socket: Socket): void;
}

/** The open connections. */
export interface Connections extends Iterable<Connection> {
  /** Closes connections that never received a byte. `closeIdleConnections` considers them busy. */
  closeUnused(): void;
  /** @returns the number of connections of the address with the most */
  mostOfOneHolder(): number;
  /** @returns the number of addresses whose connections are read in portions */
  rationed(): number;
}

/**
 * Requests that may wait on one connection. A pipelining client sends a few. Each costs some KiB, and one read of 64
 * KiB can contain two thousand, which Node turns into requests all at once.
 */
const WAITING_LIMIT = 32;

/** Connections that are accepted beyond the limit, for probes. */
const SPARE = 32;

/**
 * Handles one request per connection at a time. Node emits every request that a read contains, and a response that is
 * not the current one of its connection never learns that the connection closed. A connection with too many waiting
 * requests is closed, and no request of a closed connection is started. Input that is not a request is also answered in
 * its turn; otherwise the response to excess bytes would replace the response to the request before them. A sender that
 * half-closes still receives the responses to its requests.
 *
 * Limits the number of open connections, since each may hold 64 KiB of an image and its socket buffers. Beyond the
 * limit a connection has to make room, in the order of `whoMakesRoom`; honest senders are authenticated within moments. If
 * all connections are handling authenticated requests, a few more are accepted for probes alone.
 */
export function watchConnections(
  server: Server,
  { limit, opened, stopping, take, refuse, isProbe, onMadeRoom, onUnbegun, onRationed }: ConnectionOptions,
): Connections {
  /**
   * An entry stays while its connection is open. If keys came and went with every request, V8 would keep rebuilding the
   * table, and the old tables would retain their content until the next major collection (a tenth of the cost of an
   * upload).
   */
  const open = new Map<Duplex, Connection>();
  const holders = countHolders();
  const rations = createRations();
  let spares = 0;
  let changes = 0;

  server.on(opened, (socket: Socket) => {
    const isSpare = !isRoom();
    if (isSpare && spares >= SPARE && !makeRoom(nextOfAll)) {
      socket.destroy();
      onMadeRoom(socket, 'none');
      return;
    }
    changes += 1;
    if (isSpare) spares += 1;
    const holder = holderOf(socket.remoteAddress);
    holders.add(holder);
    const connection: Connection = {
      ...{ socket, holder, exchange: undefined, waiting: [], broken: undefined },
      ...{ wasProven: false, isSpare, since: changes },
    };
    open.set(socket, connection);
    if (rations.has(holder)) rations.read(connection);
    socket.once('close', () => {
      forget(connection);
      if (connection.waiting.length > 0) onUnbegun(socket, 'abandoned');
    });
  });

  function forget({ socket, holder, isSpare }: Connection): void {
    if (!open.delete(socket)) return;
    if (isSpare) spares -= 1;
    holders.remove(holder);
  }

  const isRoom = () => open.size - spares < limit || makeRoom();

  const nextLeaver = whoMakesRoom<Connection>(
    {
      connections: () => open.values(),
      rankOf: (connection) =>
        connection.isSpare || !open.has(connection.socket) ? 'none' : rankOf(connection),
      holders,
    },
    Math.max(1, limit >> 5),
  );
  /** Spare connections may be closed for spare ones: they only delay each other. */
  const nextOfAll = whoMakesRoom<Connection>({ connections: () => open.values(), rankOf, holders }, 1);

  function makeRoom(next = nextLeaver): boolean {
    const going = next();
    if (!going) return false;
    const { connection, rank } = going;
    forget(connection);
    connection.socket.destroy();
    onMadeRoom(connection.socket, rank);
    return true;
  }

  function asked(request: IncomingMessage, response: ServerResponse): void {
    const connection = open.get(request.socket);
    if (!connection || request.socket.destroyed) return;
    const standing: Standing = { isRefused: false, trace: undefined, onCutUp };
    const exchange: Exchange = { request, response, standing };
    if (!connection.exchange) begin(connection, exchange);
    else if (connection.waiting.length < WAITING_LIMIT) connection.waiting.push(exchange);
    else {
      connection.waiting.length = 0;
      request.socket.destroy();
      onUnbegun(request.socket, 'crowded');
      ration(connection);
    }
  }

  function onCutUp(request: IncomingMessage): void {
    const connection = open.get(request.socket);
    if (connection) ration(connection);
  }

  function ration({ socket, holder }: Connection): void {
    if (!rations.has(holder)) onRationed(socket);
    rations.add(holder, open.values());
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
      connection.wasProven ||= isProven(exchange) && !exchange.standing.isRefused;
      // The connection has closed or is about to. Waiting requests get no response.
      if (socket.destroyed || socket.writableEnded) return;
      const next = connection.waiting.shift();
      if (next) begin(connection, next);
      else if (connection.broken) refuseBroken(connection, connection.broken);
    });
    take(exchange);
  }

  function broke(error: NodeJS.ErrnoException, socket: Duplex): void {
    const connection = open.get(socket);
    // Node repeats the error with every further read, and also reports it for connections that were rejected.
    if (!connection || connection.broken) return;
    connection.broken = error;
    const { exchange } = connection;
    if (!exchange?.request.complete) refuseBroken(connection, error);
  }

  /**
   * Closes a connection on which half a response was sent. The end of the connection shows that the response is
   * incomplete.
   */
  function refuseBroken({ socket, exchange }: Connection, error: NodeJS.ErrnoException): void {
    if (exchange?.response.headersSent) socket.destroy();
    else refuse(error, socket);
  }

  server.on('request', asked);
  // A sender that waits for `100 Continue` is refused on the headers, before a byte of the body (contract 5.10).
  server.on('checkContinue', asked);
  // Other expectations are ignored. Node's own response to them would have no Request-ID.
  server.on('checkExpectation', asked);
  server.on('clientError', broke);
  // This is Node's internal option. Without it, Node aborts requests as soon as their sender half-closes, so that an
  // upload would be stored but not answered.
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
    mostOfOneHolder: holders.most,
    rationed: rations.size,
  };
}

function rankOf({ exchange, wasProven }: Connection): Rank {
  if (!exchange) return wasProven ? 'idle' : 'unproven';
  // A proven sender still gets the response that its upload failed, while an engine hangs for seconds, unless all others are proven.
  if (exchange.standing.isRefused) return isProven(exchange) ? 'idle' : 'refused';
  return isProven(exchange) ? 'none' : 'unproven';
}

function isProven({ standing }: Exchange): boolean {
  return standing.trace?.responseSigner !== undefined;
}

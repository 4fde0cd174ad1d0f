import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** A connection, as far as reading it is concerned. */
interface Connection {
  readonly socket: Socket;
  readonly holder: string;
  /** The exchange in progress. */
  readonly exchange: { readonly request: IncomingMessage } | undefined;
}

/** Bytes that Node's parser receives at once. They contain at most 40 requests, or 170 pieces of a body. */
const PORTION = 1024;

/**
 * Milliseconds that all rationed connections together may be parsed for in one turn of the event loop. It ends with the first request
 * that begins, since what a request causes costs more than its parsing.
 */
const TURN = 2;

/** Turns of the event loop after one in which a rationed request began. libuv accepts one connection in each. */
const OTHERS = 32;

/** Milliseconds until rationed connections are examined again if none of them can be read now. */
const PAUSE = 10;

/** Milliseconds for which an address is rationed after its last offence. */
const REMEMBERED = 600_000;

/** The most addresses that are remembered. If more offend, the oldest is forgotten. */
const MOST_HOLDERS = 10_000;

/** The holders whose connections are read in portions. */
export interface Rations {
  /** @returns whether the holder is rationed now */
  has(holder: string): boolean;
  /** Rations a holder for the next ten minutes, together with the connections that it has open. */
  add(holder: string, open: Iterable<Connection>): void;
  /** Reads a connection in portions from now on. */
  read(connection: Connection): void;
  /** @returns the number of rationed holders */
  size(): number;
}

/**
 * Limits the time of the event loop that an address can take with few bytes. Node's parser turns a whole read of 64 KiB into requests
 * and pieces of bodies, and cannot be stopped in between: 640 requests take 13 ms, and 10,000 pieces 20 ms and three
 * MiB. An address that sent such a read once is rationed: its next ones are parsed in portions, which take turns with those of other
 * connections, and with the rest of the service. A rationed connection is not read while its request is being answered, or while a
 * part of its body waits. Everything that an honest client behind the same address sends still passes, only slower.
 *
 * A `readable` listener makes Node give up the fast path on which its parser reads from the socket by itself.
 * `socket.read` then emits `data`, for which the parser has a listener of its own.
 */
export function createRations(): Rations {
  const until = new Map<string, number>();
  /** Connections that may have something to read, by holder. The first holder has the next turn. */
  const lines = new Map<string, Set<Connection>>();
  let isAwaited = false;

  function has(holder: string): boolean {
    const end = until.get(holder);
    if (end === undefined) return false;
    if (performance.now() < end) return true;
    until.delete(holder);
    return false;
  }

  function add(holder: string, open: Iterable<Connection>): void {
    const isNew = !has(holder);
    until.delete(holder);
    until.set(holder, performance.now() + REMEMBERED);
    if (!isNew) return;
    for (const [oldest] of until) {
      if (until.size <= MOST_HOLDERS) break;
      until.delete(oldest);
    }
    for (const connection of open) if (connection.holder === holder) read(connection);
  }

  function read(connection: Connection): void {
    connection.socket.on('readable', () => {
      const line = lines.get(connection.holder) ?? new Set();
      lines.set(connection.holder, line.add(connection));
      if (isAwaited) return;
      isAwaited = true;
      setImmediate(turn);
    });
  }

  /** Lets holders read one portion each in rotation, until the turn is over, a request has begun, or nobody can read. */
  function turn(): void {
    const end = performance.now() + TURN;
    let unread = 0;
    let hasBegun = false;
    while (lines.size > unread && !hasBegun && performance.now() < end) {
      const [first] = lines;
      if (!first) break;
      const [holder, line] = first;
      lines.delete(holder);
      const reader = readPortion(line);
      if (line.size > 0) lines.set(holder, line);
      if (reader) unread = 0;
      else unread += Number(line.size > 0);
      hasBegun = reader === 'began';
    }
    isAwaited = hasBegun || lines.size > 0;
    if (hasBegun) setImmediate(letOthers, OTHERS);
    else if (lines.size > unread) setImmediate(turn);
    else if (isAwaited) setTimeout(turn, PAUSE);
  }

  /** Lets the loop turn so many times before the next request of a rationed connection. */
  function letOthers(turns: number): void {
    if (turns > 0) setImmediate(letOthers, turns - 1);
    else turn();
  }

  return { has, add, read, size: () => until.size };
}

/**
 * Reads one portion of the first connection that can be read.
 *
 * @returns whether a request of it began; undefined if no connection can be read
 */
function readPortion(line: Set<Connection>): 'began' | 'read' | undefined {
  for (const connection of [...line]) {
    const { socket, exchange } = connection;
    line.delete(connection);
    if (socket.destroyed) continue;
    if (canRead(connection)) {
      if (socket.readableLength > 0) socket.read(Math.min(PORTION, socket.readableLength));
      if (socket.readableLength > 0) line.add(connection);
      // Without this read, a socket that has ended would not emit `end`.
      else socket.read(0);
      return connection.exchange && connection.exchange !== exchange ? 'began' : 'read';
    }
    line.add(connection);
  }
  return undefined;
}

function canRead({ socket, exchange }: Connection): boolean {
  if (!exchange || socket.readableLength === 0) return true;
  return !exchange.request.complete && exchange.request.readableLength === 0;
}

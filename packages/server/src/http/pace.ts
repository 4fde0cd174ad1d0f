import type { Socket } from 'node:net';
import type { Random } from '../signed/random.js';
import type { Connection, Exchange } from './connections.js';
import { respondRaw } from './exchange.js';

/** How slow a peer may be. */
export interface Pace {
  /** Bytes a second, either way. The slowest phone line carries several times that. */
  minRateBytesPerSecond: number;
  /** Seconds over which the rate is measured, and so the longest that a peer may stand still in the middle of a request. */
  minRateWindowSeconds: number;
}

export interface PaceOptions extends Pace {
  readonly random: Random;
  /** Called for each connection that is cut off. */
  onCut(socket: Socket): void;
}

/** Milliseconds between looks. */
const LOOK_INTERVAL = 500;

/**
 * Cuts off whoever sends a body, or takes a response, at less than the least rate: a byte a second keeps a connection
 * alive for ever, and costs its sender nothing. Only time in which the peer is waited for counts, never our own. What begins
 * and ends between two looks is never measured, and costs nothing here.
 *
 * @returns stops looking
 */
export function keepPace(
  connections: Iterable<Connection>,
  { minRateBytesPerSecond, minRateWindowSeconds, random, onCut }: PaceOptions,
): () => void {
  const enough = minRateBytesPerSecond * minRateWindowSeconds;
  /** By connection, since exchanges that a map holds when V8 moves it to its old generation would outlive their response. */
  let measured = new Map<Connection, Measure>();

  function look(): void {
    const now = performance.now();
    const before = measured;
    measured = new Map();
    for (const connection of connections) {
      const { socket, exchange, since: of } = connection;
      if (!exchange) continue;
      const measure = before.get(connection);
      const total = moved(socket);
      if (measure?.of !== of || total - measure.moved >= enough || !awaitsPeer(exchange))
        measured.set(connection, { of, moved: total, since: now });
      else if (now - measure.since < minRateWindowSeconds * 1000) measured.set(connection, measure);
      else {
        onCut(socket);
        cutOff(exchange, random);
      }
    }
  }

  const timer = setInterval(look, LOOK_INTERVAL);
  timer.unref();
  return () => clearInterval(timer);
}

interface Measure {
  /** Which exchange of its connection: when that began. */
  readonly of: number;
  /** Bytes moved when this measurement began. */
  readonly moved: number;
  /** When that was. */
  readonly since: number;
}

/** Whether we read and nothing comes, or have written and it is not taken. A body that stands still by our will is not waited for. */
function awaitsPeer({ request }: Exchange): boolean {
  return (!request.complete && request.readableFlowing === true) || request.socket.writableLength > 0;
}

/** Bytes that went over the wire, as far as Node knows: the kernel's buffers hide some hundred KiB of what was written. */
function moved(socket: Socket): number {
  return socket.bytesRead + socket.bytesWritten - socket.writableLength;
}

function cutOff({ request, response }: Exchange, random: Random): void {
  if (response.headersSent) request.socket.destroy();
  else respondRaw(request.socket, '408 Request Timeout', random);
}

import type { Socket } from 'node:net';
import type { Random } from '../signed/random.js';
import type { Connection, Exchange } from './connections.js';
import { respondRaw } from './exchange.js';

/** The slowest rate that a peer may have. */
export interface Pace {
  /** Bytes per second in either direction. The slowest modem is several times as fast. */
  minRateBytesPerSecond: number;
  /** Seconds over which the rate is measured. A peer may therefore pause for this long in the middle of a request. */
  minRateWindowSeconds: number;
}

export interface PaceOptions extends Pace {
  readonly random: Random;
  /** Called for each connection that is cut off. */
  onCut(socket: Socket): void;
}

/** Milliseconds between measurements. */
const LOOK_INTERVAL = 500;

/**
 * Cuts off peers that send a body or read a response too slowly. A peer that sends one byte per second would hold a
 * connection for ever, at no cost. Only the time during which the service waits for the peer counts. Exchanges that
 * begin and end between two measurements are never measured and cost nothing.
 *
 * @returns a function that stops the measurements
 */
export function keepPace(
  connections: Iterable<Connection>,
  { minRateBytesPerSecond, minRateWindowSeconds, random, onCut }: PaceOptions,
): () => void {
  const enough = minRateBytesPerSecond * minRateWindowSeconds;
  /**
   * Measurements by connection. If the keys were exchanges, entries that V8 moves to its old generation would outlive
   * their responses.
   */
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
  /** When the exchange began, which identifies it among those of its connection. */
  readonly of: number;
  /** Bytes that had moved when this measurement began. */
  readonly moved: number;
  /** The time at which this measurement began. */
  readonly since: number;
}

/**
 * Whether the service reads and nothing arrives, or has written and the peer does not read. A body that the service
 * itself has paused does not count.
 */
function awaitsPeer({ request }: Exchange): boolean {
  return (!request.complete && request.readableFlowing === true) || request.socket.writableLength > 0;
}

/**
 * Bytes that were transferred, as far as Node knows. The kernel's buffers hide a few hundred KiB of the written ones.
 */
function moved(socket: Socket): number {
  return socket.bytesRead + socket.bytesWritten - socket.writableLength;
}

function cutOff({ request, response }: Exchange, random: Random): void {
  if (response.headersSent) request.socket.destroy();
  else respondRaw(request.socket, '408 Request Timeout', random);
}

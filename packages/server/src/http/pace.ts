import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Random } from '../signed/random.js';
import { answerRaw } from './raw-response.js';

/** How slow a peer may be. */
export interface Pace {
  /** Bytes a second, either way. The slowest phone line carries several times that. */
  minRateBytesPerSecond: number;
  /** Seconds over which the rate is measured, and so the longest that a peer may stand still in the middle of a request. */
  minRateWindowSeconds: number;
}

/** Milliseconds between looks. */
const LOOK_INTERVAL = 500;

/**
 * Cuts off whoever sends a body, or takes an answer, at less than the least rate: a byte a second keeps a connection
 * alive for ever, and costs its sender nothing. Only time in which the peer is waited for counts, never our own.
 *
 * @param onCut told of each
 */
export function keepPace(
  server: Server,
  { minRateBytesPerSecond, minRateWindowSeconds }: Pace,
  random: Random,
  onCut: (socket: Socket) => void,
): void {
  /**
   * The exchange that each open connection is in. Its keys stay: a table whose keys come and go with every request is made
   * anew all the time, and V8's old tables hold what was in them until the next major collection (a tenth of an upload).
   */
  const exchanges = new Map<Socket, Exchange | undefined>();

  server.on('connection', (socket) => {
    exchanges.set(socket, undefined);
    socket.once('close', () => exchanges.delete(socket));
  });

  function begin(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    if (!exchanges.has(socket)) return;
    const exchange = { request, response, moved: moved(socket), since: performance.now() };
    exchanges.set(socket, exchange);
    response.once('close', () => {
      if (exchanges.get(socket) === exchange) exchanges.set(socket, undefined);
    });
  }

  function look(): void {
    const now = performance.now();
    for (const [socket, exchange] of exchanges) {
      if (!exchange) continue;
      const total = moved(socket);
      const enough = total - exchange.moved >= minRateBytesPerSecond * minRateWindowSeconds;
      if (enough || !awaitsPeer(exchange)) Object.assign(exchange, { moved: total, since: now });
      else if (now - exchange.since >= minRateWindowSeconds * 1000) {
        exchanges.set(socket, undefined);
        onCut(socket);
        cutOff(exchange, random);
      }
    }
  }

  server.on('request', begin);
  server.on('checkContinue', begin);
  server.on('checkExpectation', begin);
  const timer = setInterval(look, LOOK_INTERVAL);
  timer.unref();
  server.once('close', () => clearInterval(timer));
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Bytes moved when the measuring began anew. */
  moved: number;
  /** When that was. */
  since: number;
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
  else answerRaw(request.socket, '408 Request Timeout', random);
}

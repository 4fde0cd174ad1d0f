import type { Duplex } from 'node:stream';
import { newRequestId, type Random } from '../signed/random.js';

/** Milliseconds that a peer is given to close its half. Without it, who never closes would keep the connection. */
const LINGER = 2_000;

/** Statuses for what is no HTTP request, or did not come in time. */
const GARBAGE: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

/** Answers what Node's parser could not make a request of. */
export function answerGarbage(error: NodeJS.ErrnoException, socket: Duplex, random: Random): void {
  if (error.code === 'ECONNRESET') return void socket.destroy();
  answerRaw(socket, GARBAGE[error.code ?? ''] ?? '400 Bad Request', random);
}

/** Answers on a connection that has no response to write to, or not any more, and ends it. */
export function answerRaw(socket: Duplex, status: string, random: Random): void {
  if (!socket.writable) return void socket.destroy();
  socket.end(
    `HTTP/1.1 ${status}\r\nRequest-ID: ${newRequestId(random)}-0\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
  const timer = setTimeout(() => socket.destroy(), LINGER);
  socket.once('close', () => clearTimeout(timer));
}

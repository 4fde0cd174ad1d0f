import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Duplex, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { newRequestId, type Random } from '../signed/random.js';
import type { Response } from '../signed/response.js';
import { BODY_LIMIT, weightOf } from '../upload/receive.js';

/** Milliseconds that a peer is given to read the last response of a connection and to close its half (contract 5.10). */
const LINGER_TIME = 2_000;

/** @returns whether the sender waits for `100 Continue` before it sends the body */
export function awaitsContinue({ headers, httpVersion }: IncomingMessage): boolean {
  // As Node itself tells: RFC 9110 has the expectation of an older client ignored.
  return httpVersion === '1.1' && /(?:^|\W)100-continue(?:$|\W)/i.test(headers.expect ?? '');
}

/**
 * Writes a response so that it arrives, even at a client that is still sending: what an early response with
 * `Connection: close` does not do (contract 5.10, measured).
 *
 * @param continued whether the sender was told to go on, where it waited to be told
 * @returns whether the response was written out whole. Of a sender that has half-closed nobody knows whether it is still there: it is
 *   answered, and that counts as not written (contract 2.9)
 */
export async function writeResponse(
  request: IncomingMessage,
  response: ServerResponse,
  given: Response,
  continued = !awaitsContinue(request),
): Promise<boolean> {
  // A refusal must reach a client that is still sending: nothing is kept, the body runs out, and then it is answered (contract 5.10).
  // Whoever was not told to go on may send all the same: RFC 9110 lets it wait for a while only.
  const ranOut = continued && given.status !== 413 && (await runOut(request));
  const hasHalfClosed = request.socket.readableEnded;
  const written = await (ranOut ? sendResponse(response, given) : sendAndLinger(request, response, given));
  return written && !hasHalfClosed;
}

/**
 * Writes a response, whatever becomes of the request's body.
 *
 * @returns whether the response was written out whole
 * @throws what a body that is a stream fails with; nothing is written where that came before its first byte
 */
export function sendResponse(
  response: ServerResponse,
  { status, headers, body }: Response<string | Buffer | Readable>,
): Promise<boolean> {
  if (body instanceof Readable) return sendStream(response, { status, headers, body });
  // The sender went away, it may be while its upload was stored: no event of this response is to come.
  if (response.closed) return Promise.resolve(false);
  return new Promise((resolve) => {
    response.once('close', () => resolve(response.writableFinished));
    response.once('finish', () => resolve(true));
    response.writeHead(status, headers);
    response.end(body);
  });
}

/** The head goes out with the first byte, so that a stream which fails before can still be answered otherwise. */
function sendStream(
  response: ServerResponse,
  { status, headers, body }: Response<Readable>,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    if (response.closed) {
      body.destroy();
      return resolve(false);
    }
    response.once('close', () => {
      body.destroy();
      resolve(response.writableFinished);
    });
    body.once('error', (error) => {
      if (!response.headersSent) for (const name of response.getHeaderNames()) response.removeHeader(name);
      reject(error);
    });
    response.statusCode = status;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    body.pipe(response);
  });
}

/**
 * How fast the body of a refused request has to run out, and the milliseconds over which that is measured. A phone line of 300 kbit/s
 * carries twice that; who drips would hold a place that others need.
 */
const RUN_OUT = { bytesPerSecond: 16_384, window: 5_000 };

/** Lets a body run out unread. @returns false where it is longer than any upload may be, or too slow */
function runOut(request: IncomingMessage): Promise<boolean> {
  if (request.readableEnded || request.destroyed) return Promise.resolve(true);
  if (Number(request.headers['content-length']) > BODY_LIMIT) return Promise.resolve(false);
  return new Promise((resolve) => {
    let length = 0;
    let weight = 0;
    let before = 0;
    const timer = setInterval(() => {
      if (length - before < (RUN_OUT.bytesPerSecond * RUN_OUT.window) / 1000) ended(false);
      before = length;
    }, RUN_OUT.window);
    function ended(whole: boolean): void {
      clearInterval(timer);
      resolve(whole);
    }
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      weight += weightOf(chunk);
      if (weight > BODY_LIMIT) ended(false);
    });
    request.once('end', () => ended(true));
    request.once('close', () => ended(true));
    request.resume();
  });
}

/** Whether a body that is too large is so by the number of its chunks, and not by its bytes. */
function isCutUp({ headers, socket }: IncomingMessage): boolean {
  return headers['content-length'] === undefined && socket.bytesRead < BODY_LIMIT;
}

/**
 * Beyond 8 MiB: respond, half-close, read on for at most 2 s, then destroy (contract 5.10). A reset would take the response with it.
 */
async function sendAndLinger(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Response,
): Promise<boolean> {
  if (response.closed) return false;
  const { socket } = request;
  response.writeHead(status, { ...headers, Connection: 'close' });
  const written = await new Promise<boolean>((resolve) => {
    response.once('close', () => resolve(false));
    // Not end(): Node would destroy the socket as soon as the response has left.
    response.write(body, (error) => resolve(!error));
  });
  socket.end();
  // What costs is to read that many pieces. Nobody honest sends them, whom a reset would keep from the response.
  if (isCutUp(request)) request.pause();
  else request.resume();
  const done = new AbortController();
  if (socket.readableEnded) done.abort();
  socket.once('end', () => done.abort());
  socket.once('close', () => done.abort());
  await sleep(LINGER_TIME, undefined, { signal: done.signal }).catch(() => {});
  socket.destroy();
  return written;
}

/** Statuses for what is no HTTP request, or did not come in time. */
const GARBAGE: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

/** Answers what Node's parser could not make a request of. */
export function respondToGarbage(error: NodeJS.ErrnoException, socket: Duplex, random: Random): void {
  if (error.code === 'ECONNRESET') return void socket.destroy();
  respondRaw(socket, GARBAGE[error.code ?? ''] ?? '400 Bad Request', random);
}

/** Answers on a connection that has no response to write to, or not any more, and ends it. */
export function respondRaw(socket: Duplex, status: string, random: Random): void {
  if (!socket.writable) return void socket.destroy();
  socket.end(
    `HTTP/1.1 ${status}\r\nRequest-ID: ${newRequestId(random)}-0\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
  const timer = setTimeout(() => socket.destroy(), LINGER_TIME);
  socket.once('close', () => clearTimeout(timer));
}

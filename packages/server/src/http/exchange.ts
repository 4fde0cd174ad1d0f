import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Duplex, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { newRequestId, type Random } from '../signed/random.js';
import type { Response } from '../signed/response.js';
import { BODY_LIMIT, weightOf } from '../upload/receive.js';
import type { Exchange } from './connections.js';

/** Milliseconds within which a peer may read the last response and close its half of the connection (contract 5.10). */
const LINGER_TIME = 2_000;

/** @returns whether the sender waits for `100 Continue` before it sends the body */
export function awaitsContinue({ headers, httpVersion }: IncomingMessage): boolean {
  // Node uses the same test. RFC 9110 requires that the expectation of an HTTP/1.0 client is ignored.
  return httpVersion === '1.1' && /(?:^|\W)100-continue(?:$|\W)/i.test(headers.expect ?? '');
}

/**
 * Writes a response so that it arrives even if the client is still sending. An early response with `Connection: close`
 * often does not arrive (measured).
 *
 * @param continued whether the sender may send its body: it did not wait for `100 Continue`, or received it
 * @returns whether the response was written completely. A sender that has half-closed may be gone; it gets a response
 *   that counts as not written (contract 2.9)
 */
export async function writeResponse(
  exchange: Exchange,
  given: Response,
  continued = !awaitsContinue(exchange.request),
): Promise<boolean> {
  const { request, response } = exchange;
  // A refusal must reach a client that is still sending: nothing is kept, the body runs out, and then it is answered
  // (contract 5.10). A client that got no `100 Continue` may send its body anyway, because RFC 9110 limits its wait.
  const ranOut = continued && given.status !== 413 && (await runOut(request));
  const hasHalfClosed = request.socket.readableEnded;
  const written = await (ranOut ? sendResponse(response, given) : sendAndLinger(exchange, given));
  return written && !hasHalfClosed;
}

/**
 * Writes a response without regard to the body of the request.
 *
 * @returns whether the response was written completely
 * @throws the error of a body that is a stream. If the stream failed before its first byte, nothing has been written
 */
export function sendResponse(
  response: ServerResponse,
  { status, headers, body }: Response<string | Buffer | Readable>,
): Promise<boolean> {
  if (body instanceof Readable) return sendStream(response, { status, headers, body });
  // The sender may have disconnected while its upload was stored. This response will emit no further event.
  if (response.closed) return Promise.resolve(false);
  return new Promise((resolve) => {
    response.once('close', () => resolve(response.writableFinished));
    response.once('finish', () => resolve(true));
    response.writeHead(status, headers);
    response.end(body);
  });
}

/**
 * Writes a stream. The head is sent with the first byte, so that a stream that fails before it can be replaced by
 * another response.
 */
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
 * The rate at which the body of a refused request must arrive, and the milliseconds over which the rate is measured. A
 * modem of 300 kbit/s is twice as fast. A slower sender would occupy a place that others need.
 */
const RUN_OUT = { bytesPerSecond: 16_384, window: 5_000 };

/**
 * Reads and drops the rest of a body.
 *
 * @returns false if it is longer than any upload may be, or too slow
 */
async function runOut(request: IncomingMessage): Promise<boolean> {
  // The parser gives out the headers before it has read on. After that, a small body may be here already.
  await undefined;
  if (request.readableEnded || request.destroyed) return true;
  if (request.complete) {
    request.resume();
    return true;
  }
  if (Number(request.headers['content-length']) > BODY_LIMIT) return false;
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

/** Whether a body is too large because of the number of its chunks and not of its bytes. */
function isCutUp({ headers, socket }: IncomingMessage): boolean {
  return headers['content-length'] === undefined && socket.bytesRead < BODY_LIMIT;
}

/**
 * Beyond 8 MiB: respond, half-close, read on for at most 2 s, then destroy (contract 5.10). A reset would take the response with it.
 */
async function sendAndLinger(
  { request, response, standing }: Exchange,
  { status, headers, body }: Response,
): Promise<boolean> {
  if (response.closed) return false;
  const { socket } = request;
  response.writeHead(status, { ...headers, Connection: 'close' });
  const written = await new Promise<boolean>((resolve) => {
    response.once('close', () => resolve(false));
    // The response is not ended, because Node would destroy the socket as soon as it is sent.
    response.write(body, (error) => resolve(!error));
  });
  socket.end();
  // Reading so many chunks is what costs time. No honest client sends them, so the reset that follows harms none.
  if (isCutUp(request)) {
    request.pause();
    standing.onCutUp(request);
  } else request.resume();
  const done = new AbortController();
  if (socket.readableEnded) done.abort();
  socket.once('end', () => done.abort());
  socket.once('close', () => done.abort());
  await sleep(LINGER_TIME, undefined, { signal: done.signal }).catch(() => {});
  socket.destroy();
  return written;
}

/** Statuses for input that is not an HTTP request, or that did not arrive in time. */
const GARBAGE: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

/** Responds to input that Node's parser rejected. */
export function respondToGarbage(error: NodeJS.ErrnoException, socket: Duplex, random: Random): void {
  if (error.code === 'ECONNRESET') return void socket.destroy();
  respondRaw(socket, GARBAGE[error.code ?? ''] ?? '400 Bad Request', random);
}

/** Responds on a socket without a usable response object, and closes it. */
export function respondRaw(socket: Duplex, status: string, random: Random): void {
  if (!socket.writable) return void socket.destroy();
  socket.end(
    `HTTP/1.1 ${status}\r\nRequest-ID: ${newRequestId(random)}-0\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
  const timer = setTimeout(() => socket.destroy(), LINGER_TIME);
  socket.once('close', () => clearTimeout(timer));
}

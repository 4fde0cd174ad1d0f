import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../signed/response.js';
import { BODY_LIMIT } from '../upload/receive.js';

/** Milliseconds that a connection whose body is over the limit is still read, for its sender to see the answer. */
const LINGER = 2_000;

/** @returns whether the sender waits for `100 Continue` before it sends the body */
export function awaitsContinue({ headers, httpVersion }: IncomingMessage): boolean {
  // As Node itself tells: RFC 9110 has the expectation of an older client ignored.
  return httpVersion === '1.1' && /(?:^|\W)100-continue(?:$|\W)/i.test(headers.expect ?? '');
}

/**
 * Writes an answer so that it arrives, even at a client that is still sending: what an early answer with
 * `Connection: close` does not do (contract 5.10, measured).
 *
 * @param continued whether the sender was told to go on, where it waited to be told
 * @returns whether the answer was written out whole
 */
export async function writeAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  continued = !awaitsContinue(request),
): Promise<boolean> {
  // Whoever was not told to go on may send all the same: RFC 9110 lets it wait for a while only.
  const ranOut = continued && answer.status !== 413 && (await runOut(request));
  // The sender went away, it may be while its upload was stored: no event of this response is to come.
  if (response.closed) return false;
  return ranOut ? end(response, answer) : endAndLinger(request, response, answer);
}

function end(response: ServerResponse, { status, headers, body }: Answer): Promise<boolean> {
  return new Promise((resolve) => {
    response.once('close', () => resolve(response.writableFinished));
    response.once('finish', () => resolve(true));
    response.writeHead(status, headers);
    response.end(body);
  });
}

/** Lets a body run out unread. @returns false where it is longer than any upload may be */
function runOut(request: IncomingMessage): Promise<boolean> {
  if (request.readableEnded || request.destroyed) return Promise.resolve(true);
  if (Number(request.headers['content-length']) > BODY_LIMIT) return Promise.resolve(false);
  return new Promise((resolve) => {
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > BODY_LIMIT) resolve(false);
    });
    request.once('end', () => resolve(true));
    request.once('close', () => resolve(true));
    request.resume();
  });
}

/** Answers, half-closes, reads on for a while, and only then destroys: a reset would take the answer with it. */
async function endAndLinger(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Answer,
): Promise<boolean> {
  const { socket } = request;
  response.writeHead(status, { ...headers, Connection: 'close' });
  const written = await new Promise<boolean>((resolve) => {
    response.once('close', () => resolve(false));
    // Not end(): Node would destroy the socket as soon as the answer has left.
    response.write(body, (error) => resolve(!error));
  });
  socket.end();
  request.resume();
  const done = new AbortController();
  socket.once('end', () => done.abort());
  socket.once('close', () => done.abort());
  await sleep(LINGER, undefined, { signal: done.signal }).catch(() => {});
  socket.destroy();
  return written;
}

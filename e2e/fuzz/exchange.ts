import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep, setImmediate as yieldOnce } from 'node:timers/promises';
import { type Answer, createAnswerReader, garbageIn } from './answers.js';
import type { Wire } from './draft.js';

/** What became of a request. */
export interface Exchanged {
  answers: readonly Answer[];
  /** Bytes after the answers that are no answer. */
  garbage: string;
  /** Neither answered nor closed in time. */
  hung: boolean;
}

/** Milliseconds. The service itself gives up on a silent peer after ten seconds. */
const DEADLINE = 30_000;
/** After this much silence the service is taken to wait for more, and is told that there is no more. */
const SILENCE = 400;
/** For a second answer, where there may be one. */
const MORE = 100;

/**
 * Sends a request as it stands, on a connection of its own.
 *
 * @throws where no connection is to be had: the service is gone
 */
export async function exchange(port: number, wire: Wire): Promise<Exchanged> {
  const socket = createConnection({ port, host: '127.0.0.1', noDelay: true });
  const reader = createAnswerReader(() => wire.head.startsWith('HEAD '));
  const { answers } = reader;
  // A reset in the middle of it is what such requests may get.
  socket.on('error', () => {});
  socket.on('data', reader.push);
  await once(socket, 'connect');
  const closed = once(socket, 'close').catch(() => {});
  const result = (hung: boolean): Exchanged => ({ answers, garbage: garbageIn(reader.rest()), hung });
  try {
    await send(socket, wire, () => socket.bytesRead > 0);
    if (wire.ending === 'reset') return result(false);
    if (wire.ending === 'half-close') socket.end();
    if (wire.ending === 'wait') {
      await until(() => answers.length > 0, SILENCE, socket);
      if (answers.length > 0) {
        if (wire.body.includes('HTTP/1.')) await until(() => answers.length > 1, MORE, socket);
        return result(false);
      }
      socket.end();
    }
    const ended = await Promise.race([closed.then(() => true), sleep(DEADLINE, false, { ref: false })]);
    return result(!ended);
  } finally {
    // Not a proper close: thousands of those would use up the ports.
    socket.resetAndDestroy();
  }
}

async function send(
  socket: Socket,
  { head, body, writes, waits }: Wire,
  answered: () => boolean,
): Promise<void> {
  let rest: Buffer = Buffer.concat([Buffer.from(head, 'latin1'), body]);
  if (waits) {
    socket.write(rest.subarray(0, rest.length - body.length));
    await until(answered, SILENCE, socket);
    rest = body;
  }
  for (const length of writes) {
    socket.write(rest.subarray(0, length));
    rest = rest.subarray(length);
    await yieldOnce();
  }
  if (!socket.destroyed) socket.write(rest);
}

/** Waits for something to be so, for so long at most, or until the connection ends. */
async function until(so: () => boolean, milliseconds: number, socket: Socket): Promise<void> {
  const deadline = performance.now() + milliseconds;
  while (!so() && !socket.closed && performance.now() < deadline) {
    const timer = new AbortController();
    const options = { signal: timer.signal };
    await Promise.race([
      once(socket, 'data', options),
      once(socket, 'close', options),
      sleep(deadline - performance.now(), undefined, options),
    ]).catch(() => {});
    timer.abort();
  }
}

import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep, setImmediate as yieldOnce } from 'node:timers/promises';
import { type Answer, createAnswerReader } from '../answers.js';
import type { Delivery } from './delivery.js';

/** What came back of a conversation. */
export interface Heard {
  answers: readonly Answer[];
  /** Behind the last whole answer. */
  rest: Buffer;
  /** Whether something was awaited that did not come. */
  hung: boolean;
}

/** Milliseconds. The service gives up on a silent peer after ten seconds. */
const DEADLINE = 30_000;
/** In which what must not come would have come. */
const MORE = 15;
/** In which a connection that is to be reset later may do something. */
const LATER = 60;

/**
 * Says it all on a connection of its own.
 *
 * @param isHead whether the request with this number is a HEAD
 * @param expected answers until which to wait, where the service need not close
 * @throws where no connection is to be had: the service is gone
 */
export async function talk(
  port: number,
  whole: Buffer,
  delivery: Delivery,
  isHead: (index: number) => boolean,
  expected: number,
): Promise<Heard> {
  const socket = createConnection({ port, host: '127.0.0.1', noDelay: true });
  const reader = createAnswerReader(isHead);
  // To be broken off is what such a conversation may come to.
  socket.on('error', () => {});
  await once(socket, 'connect');
  let closed = false;
  socket.once('close', () => {
    closed = true;
  });
  const read = () => socket.on('data', reader.push);
  const timer = delivery.readsAfter ? setTimeout(read, delivery.readsAfter) : undefined;
  if (delivery.readsAfter === 0) read();
  try {
    await say(socket, Buffer.concat([whole.subarray(0, delivery.length), delivery.excess]), delivery.cuts);
    const hung = !(await END[delivery.ending](socket, () => closed || reader.answers.length >= expected));
    return { answers: reader.answers, rest: reader.rest(), hung };
  } finally {
    clearTimeout(timer);
    // Not a proper close: thousands of those would use up the ports.
    socket.resetAndDestroy();
  }
}

/** @returns whether what had to come came */
const END: Readonly<
  Record<Delivery['ending'], (socket: Socket, isAnswered: () => boolean) => Promise<boolean>>
> = {
  async wait(socket, isAnswered) {
    const came = await until(isAnswered, DEADLINE, socket);
    await sleep(MORE);
    return came;
  },
  async 'half-close'(socket) {
    socket.end();
    return until(() => socket.closed, DEADLINE, socket);
  },
  async reset() {
    return true;
  },
  async 'reset later'(socket, isAnswered) {
    await until(isAnswered, LATER, socket);
    return true;
  },
};

async function say(socket: Socket, bytes: Buffer, cuts: Delivery['cuts']): Promise<void> {
  let from = 0;
  for (const { at, pause } of cuts) {
    if (socket.destroyed) return;
    if (at > from) socket.write(bytes.subarray(from, at));
    from = Math.max(from, at);
    await (pause > 0 ? sleep(pause) : yieldOnce());
  }
  if (!socket.destroyed) socket.write(bytes.subarray(from));
}

/** Waits for something to be so, for so long at most, or until the connection ends. @returns whether it is so */
async function until(so: () => boolean, milliseconds: number, socket: Socket): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (!so() && !socket.closed && performance.now() < deadline) await sleep(2);
  return so() || socket.closed;
}

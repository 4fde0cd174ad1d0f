import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep, setImmediate as yieldOnce } from 'node:timers/promises';
import type { Wire } from './draft.js';

/** An answer as it came. */
export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: ReadonlyMap<string, string>;
  body: string;
}

/** What became of a request. */
export interface Exchanged {
  answers: Answer[];
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
  const received: Buffer[] = [];
  // A reset in the middle of it is what such requests may get.
  socket.on('error', () => {});
  socket.on('data', (bytes) => received.push(bytes));
  await once(socket, 'connect');
  const closed = once(socket, 'close').catch(() => {});
  const answersNow = () => parseAnswers(Buffer.concat(received), wire.head.startsWith('HEAD '));
  const result = (hung: boolean): Exchanged => ({ ...answersNow(), hung });
  try {
    await send(socket, wire, () => received.length > 0);
    if (wire.ending === 'reset') return result(false);
    if (wire.ending === 'half-close') socket.end();
    if (wire.ending === 'wait') {
      await until(() => answersNow().answers.length > 0, SILENCE, socket);
      if (answersNow().answers.length > 0) {
        if (wire.body.includes('HTTP/1.')) await until(() => answersNow().answers.length > 1, MORE, socket);
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

/** Interim answers (`100 Continue`) are passed over. */
function parseAnswers(bytes: Buffer, withoutBodies: boolean): { answers: Answer[]; garbage: string } {
  const answers: Answer[] = [];
  let text = bytes.toString('latin1');
  for (;;) {
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) break;
    const [first = '', ...lines] = text.slice(0, end).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
    if (!status) break;
    const headers = new Map(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    );
    const length =
      withoutBodies || status < 200 || status === 304 ? 0 : Number(headers.get('content-length') ?? 0);
    if (text.length < end + 4 + length) break;
    const body = Buffer.from(text.slice(end + 4, end + 4 + length), 'latin1').toString('utf8');
    if (status >= 200) answers.push({ status, headers, body });
    text = text.slice(end + 4 + length);
  }
  return { answers, garbage: /^HTTP\/1\.1 \d{3} /.test(text) || text === '' ? '' : text.slice(0, 200) };
}

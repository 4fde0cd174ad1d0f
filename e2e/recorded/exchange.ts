import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A request as bytes, with a name. */
export interface RecordedRequest {
  label: string;
  head: string;
  /** The bytes with their framing, including those that follow on the connection. */
  body?: Buffer;
  /** The body is sent only after `100 Continue`. */
  waits?: true;
  /** The sender half-closes as soon as it has sent this. */
  halfCloses?: true;
  /** Bytes per write, each of which arrives separately. Default: one write. */
  write?: number;
}

/** Everything that is received for a request, and what happens to its connection. */
export interface RecordedResponse {
  /** Includes interim responses and those to pipelined requests. The value of `Date` is replaced. */
  bytes: Buffer;
  connection: 'kept' | 'closed';
}

/** Milliseconds after which a silent service is assumed to have nothing to send. */
const DEADLINE = 20_000;

const PROBE = 'GET /healthz HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n';

/**
 * Sends requests one after the other, each on a separate connection. Another request on it shows whether the service
 * keeps the connection, so that no time is measured.
 */
export async function openExchange(
  port: number,
): Promise<(request: RecordedRequest) => Promise<RecordedResponse>> {
  const { bytes } = await exchange(port, { label: 'probe', head: PROBE }, '');
  const probed = bytes.toString('latin1');
  return (request) => exchange(port, request, probed);
}

async function exchange(port: number, request: RecordedRequest, probed: string): Promise<RecordedResponse> {
  const socket = createConnection({ port, host: '127.0.0.1', noDelay: true });
  let received = '';
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1');
  });
  // A reset also closes the connection.
  socket.on('error', () => {});
  const deadline = setTimeout(() => socket.destroy(), DEADLINE);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await once(socket, 'connect');
  const { head, body = Buffer.alloc(0), waits, halfCloses } = request;
  if (waits) {
    socket.write(head, 'latin1');
    await until(socket, () => received !== '');
    if (received.startsWith('HTTP/1.1 100 ')) socket.write(body);
  } else {
    await write(socket, Buffer.concat([Buffer.from(head, 'latin1'), body]), request.write);
  }
  if (halfCloses) socket.end();
  const isHead = head.startsWith('HEAD ');
  await until(socket, () => firstEnd(received, isHead) !== undefined);
  const end = firstEnd(received, isHead);
  const isLast = halfCloses || /^connection: close\r$/im.test(received.slice(0, end));
  if (!socket.destroyed && !isLast) socket.write(PROBE);
  await closed;
  clearTimeout(deadline);
  const text = received.replaceAll(/^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r$/gm, 'Date: (now)\r');
  const isKept = !isLast && text.endsWith(probed);
  const bytes = Buffer.from(isKept ? text.slice(0, -probed.length) : text, 'latin1');
  return { bytes, connection: isKept ? 'kept' : 'closed' };
}

async function write(socket: Socket, bytes: Buffer, length = bytes.length): Promise<void> {
  for (let at = 0; at < bytes.length; at += length) {
    socket.write(bytes.subarray(at, at + length));
    if (at + length < bytes.length) await sleep(1);
  }
}

async function until(socket: Socket, so: () => boolean): Promise<void> {
  const ended = new AbortController();
  const { signal } = ended;
  while (!so() && !socket.closed) {
    await Promise.race([once(socket, 'data', { signal }), once(socket, 'close', { signal })]).catch(() => {});
  }
  ended.abort();
}

/** @returns the end of the first final response; undefined if it is incomplete, or ends only with its connection */
function firstEnd(text: string, isHead: boolean): number | undefined {
  for (let from = 0; ; ) {
    const blank = text.indexOf('\r\n\r\n', from);
    if (blank < 0) return undefined;
    const head = text.slice(from, blank + 2);
    const start = blank + 4;
    const status = Number(head.slice(9, 12));
    if (status < 200) {
      from = start;
      continue;
    }
    if (isHead || status === 204 || status === 304) return start;
    if (/^transfer-encoding: chunked\r$/im.test(head)) {
      const last = text.indexOf('\r\n0\r\n\r\n', blank);
      return last < 0 ? undefined : last + 7;
    }
    const length = /^content-length: (\d+)\r$/im.exec(head)?.[1];
    const end = start + Number(length);
    return length === undefined || text.length < end ? undefined : end;
  }
}

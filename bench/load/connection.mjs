/** A kept-alive connection with little overhead: it sends raw bytes and reads the status and the end of the response. */
import net from 'node:net';

/** @typedef {import('./requests.mjs').Request} Request */

/**
 * @typedef {object} Connection
 * @property {(request: Request, answered: (status: number) => void) => void} send one request at a time
 * @property {() => void} close
 */

/** Bytes up to which a request is copied into one write. */
const COPIED = 64 * 1024;

/**
 * @param {number} port
 * @param {(error: Error) => void} failed called once, when the connection has ended, unless by `close`
 * @returns {Connection}
 */
export function openConnection(port, failed) {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  const read = createResponseReader();
  let answered = (/** @type {number} */ _) => {};

  socket.on('data', (chunk) => {
    const status = read(chunk);
    if (status !== undefined) answered(status);
  });
  let failure = new Error('the connection was closed');
  socket.once('error', (error) => {
    failure = error;
  });
  socket.once('close', () => failed(failure));

  return {
    send(request, onResponse) {
      answered = onResponse;
      write(socket, request);
    },
    close() {
      socket.removeAllListeners('close');
      socket.removeAllListeners('error');
      socket.on('error', () => {});
      socket.destroy();
    },
  };
}

/**
 * @param {net.Socket} socket
 * @param {Request} request
 */
function write(socket, request) {
  const length = request.reduce((sum, piece) => sum + piece.length, 0);
  if (length <= COPIED) return void socket.write(Buffer.concat(request, length));
  socket.cork();
  for (const piece of request) socket.write(piece);
  socket.uncork();
}

/** Statuses whose responses have no body. */
const BODILESS = [204, 304];

/** @returns {(chunk: Buffer) => number | undefined} the status, when a response is complete; one response at a time */
export function createResponseReader() {
  let head = '';
  let status = 0;
  /** Bytes of the body that are missing; undefined while the head is read. @type {number | undefined} */
  let missing;
  return (chunk) => {
    if (missing === undefined) {
      head += chunk.latin1Slice();
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return undefined;
      status = Number(head.slice(9, 12));
      const length = /\r\ncontent-length: *(\d+)/i.exec(head.slice(0, end))?.[1];
      const bodyless = BODILESS.includes(status);
      missing = bodyless ? 0 : length === undefined ? Number.POSITIVE_INFINITY : Number(length);
      missing -= head.length - end - 4;
    } else missing -= chunk.length;
    if (missing === Number.POSITIVE_INFINITY ? !endsInLastChunk(chunk) : missing > 0) return undefined;
    head = '';
    missing = undefined;
    return status;
  };
}

/** Of a chunked body. @param {Buffer} chunk */
export function endsInLastChunk(chunk) {
  return /(^|\r\n)0\r\n\r\n$/.test(chunk.subarray(-7).latin1Slice());
}

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
 * @param {(error: Error) => void} failed
 * @returns {Connection}
 */
export function openConnection(port, failed) {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  let answered = (/** @type {number} */ _) => {};
  let held = EMPTY;

  socket.on('data', (chunk) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const status = wholeResponse(held);
    if (status === undefined) return;
    held = EMPTY;
    answered(status);
  });
  socket.once('error', failed);
  socket.once('close', () => failed(new Error('the connection was closed')));

  return {
    send(request, onResponse) {
      answered = onResponse;
      write(socket, request);
    },
    close() {
      socket.removeAllListeners('close');
      socket.destroy();
    },
  };
}

const EMPTY = Buffer.alloc(0);

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

/**
 * @param {Buffer} bytes
 * @returns {number | undefined} the status, when the response is complete
 */
export function wholeResponse(bytes) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = bytes.latin1Slice(0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const whole =
    length === undefined ? bytes.subarray(-5).equals(LAST_CHUNK) : bytes.length >= end + 4 + Number(length);
  return whole ? Number(head.slice(9, 12)) : undefined;
}

const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** Many slow uploads at once. */
import net from 'node:net';
import { createResponseReader } from './connection.mjs';

/** Milliseconds between two pieces. */
const STEP = 100;

/**
 * @param {number} port
 * @param {readonly import('./requests.mjs').Request[]} requests all at once
 * @param {number} seconds that each takes
 * @returns {Promise<void>} when all were answered with 200
 */
export async function sendSlowly(port, requests, seconds) {
  await Promise.all(requests.map((request) => drip(port, Buffer.concat(request), seconds)));
}

/**
 * @param {number} port
 * @param {Buffer} bytes
 * @param {number} seconds
 * @returns {Promise<void>}
 */
function drip(port, bytes, seconds) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    const drop = Math.ceil((bytes.length * STEP) / (seconds * 1000));
    let at = 0;
    const timer = setInterval(() => {
      socket.write(bytes.subarray(at, at + drop));
      at += drop;
      if (at >= bytes.length) clearInterval(timer);
    }, STEP);
    const read = createResponseReader();
    socket.on('data', (chunk) => {
      const status = read(chunk);
      if (status === undefined) return;
      clearInterval(timer);
      socket.destroy();
      if (status === 200) resolve();
      else reject(new Error(`answered ${status}`));
    });
    socket.once('error', reject);
  });
}

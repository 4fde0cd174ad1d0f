/**
 * A service that takes almost no processor time: it reads a request to its end and sends a response that was signed beforehand.
 * The signature is genuine, so that clients which verify it do that work.
 */
import { createPrivateKey, randomBytes, sign } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { responseMessage } from '@coupon-media/apiv3';
import { endsInLastChunk } from './connection.mjs';

/**
 * @typedef {object} CannedService
 * @property {string} baseUrl
 * @property {() => void} signAgain since a response is believed for five minutes
 * @property {() => void} close
 */

/**
 * @param {import('../identity.mjs').Identity} identity
 * @returns {Promise<CannedService>}
 */
export async function startCannedService(identity) {
  let response = signedResponse(identity);
  const server = net.createServer({ noDelay: true }, (socket) => {
    const requestEnds = createRequestReader();
    socket.on('data', (chunk) => {
      if (requestEnds(chunk)) socket.write(response);
    });
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    signAgain() {
      response = signedResponse(identity);
    },
    close: () => server.close(),
  };
}

/** @param {import('../identity.mjs').Identity} identity */
function signedResponse({ platformKeyId, platformPrivateKeyPem }) {
  const body = JSON.stringify({ image_url: `http://127.0.0.1/images/${'0'.repeat(64)}.png` });
  const timestamp = Math.floor(Date.now() / 1000);
  const nonce = randomBytes(16).toString('hex');
  const message = responseMessage({ timestamp, nonce, body });
  const signature = sign('RSA-SHA256', message, createPrivateKey(platformPrivateKeyPem)).toString('base64');
  return Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}\r\n` +
      `Request-ID: 08F0B5AAA806-0\r\nWechatpay-Timestamp: ${timestamp}\r\nWechatpay-Nonce: ${nonce}\r\n` +
      `Wechatpay-Signature: ${signature}\r\nWechatpay-Serial: ${platformKeyId}\r\n` +
      `Wechatpay-Signature-Type: WECHATPAY2-SHA256-RSA2048\r\nConnection: keep-alive\r\n\r\n${body}`,
  );
}

/** @returns {(chunk: Buffer) => boolean} whether a request ends with this chunk; one request at a time */
function createRequestReader() {
  let head = '';
  /** Remaining bytes of the body; undefined while the head is read. @type {number | undefined} */
  let missing;
  return (chunk) => {
    let body = chunk.length;
    if (missing === undefined) {
      head += chunk.latin1Slice();
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return false;
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
      missing = length === undefined ? Number.POSITIVE_INFINITY : Number(length);
      body = head.length - end - 4;
    }
    missing -= body;
    const whole = missing === Number.POSITIVE_INFINITY ? endsInLastChunk(chunk) : missing <= 0;
    if (!whole) return false;
    head = '';
    missing = undefined;
    return true;
  };
}

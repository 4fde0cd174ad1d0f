/** Complete requests, signed before the measurement. */
import { createPrivateKey, randomBytes, sign } from 'node:crypto';
import { formatAuthorization, requestMessage, uploadEndpoint, writeMeta } from '@coupon-media/apiv3';
import { imageSeries } from './images.mjs';

/** @typedef {import('../identity.mjs').Identity} Identity */
/** @typedef {readonly Buffer[]} Request its bytes in order */
/** @typedef {(image: import('./images.mjs').Image) => Request} Form turns an image into a request */

const BOUNDARY = 'coupon0media0bench0000000000000000';
const { path } = uploadEndpoint('product-coupon');

/**
 * The bytes that our client sends (contract 4.8). Each request has its own nonce and is valid for five minutes.
 * @param {Identity} identity
 * @returns {Form}
 */
export function signedUpload(identity) {
  const key = createPrivateKey(identity.privateKeyPem);
  return ({ body, tail, sha256 }) => {
    const meta = writeMeta({ filename: 'coupon.png', sha256 });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const nonce = randomBytes(16).toString('hex');
    const message = requestMessage({ method: 'POST', url: path, timestamp, nonce, body: meta });
    const signature = sign('RSA-SHA256', message, key).toString('base64');
    const { mchid, serialNo } = identity;
    const authorization = formatAuthorization({
      scheme: 'merchant',
      id: mchid,
      serialNo,
      nonce,
      timestamp,
      signature,
    });
    const before =
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="meta"\r\nContent-Type: application/json\r\n\r\n${meta}` +
      `\r\n--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="coupon.png"\r\n` +
      'Content-Type: image/png\r\n\r\n';
    const after = `\r\n--${BOUNDARY}--\r\n`;
    const length = before.length + body.length + tail.length + after.length;
    const head =
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\n` +
      `Authorization: ${authorization}\r\n` +
      'Accept: application/json\r\nAccept-Language: zh-CN\r\nUser-Agent: coupon-media-bench\r\n' +
      `Wechatpay-Serial: ${identity.platformKeyId}\r\n` +
      `Content-Type: multipart/form-data; boundary=${BOUNDARY}\r\nContent-Length: ${length}\r\n\r\n`;
    return [Buffer.from(head + before), body, Buffer.concat([tail, Buffer.from(after)])];
  };
}

/**
 * The bytes alone with a token, as the plain door of a relay takes them.
 * @param {string} token
 * @returns {Form}
 */
export function plainUpload(token) {
  return ({ body, tail }) => {
    const head =
      'POST /v1/images?filename=coupon.png HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\n' +
      `Authorization: Bearer ${token}\r\nContent-Type: image/png\r\n` +
      `Content-Length: ${body.length + tail.length}\r\n\r\n`;
    return [Buffer.from(head), body, tail];
  };
}

/** An unsigned PUT of the bytes alone, as S3 takes it. @type {Form} */
export function bucketPut({ body, tail, sha256 }) {
  const head =
    `PUT /bench/${sha256}.png HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\n` +
    `Content-Type: image/png\r\nContent-Length: ${body.length + tail.length}\r\n\r\n`;
  return [Buffer.from(head), body, tail];
}

/**
 * @param {string} path
 * @param {string} [etag] what the caller has already
 * @returns {Request} for an image
 */
export function imageGet(path, etag) {
  const condition = etag === undefined ? '' : `If-None-Match: ${etag}\r\n`;
  return [
    Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\n${condition}\r\n`),
  ];
}

/**
 * @param {Form} form
 * @param {number} size bytes of each image
 * @param {number} count
 * @returns {Request[]} with an image of its own each
 */
export function makeRequests(form, size, count) {
  const next = imageSeries(size);
  return Array.from({ length: count }, () => form(next()));
}

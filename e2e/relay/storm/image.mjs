/** Small pictures that are all different: a PNG with a text of its own. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { uploadEndpoints } from '@coupon-media/apiv3';

/**
 * An image of one endpoint: all endpoints have their part, the brand's included.
 * @param {number} number
 */
export function wishOf(number) {
  const { name, path } = uploadEndpoints[number % uploadEndpoints.length] ?? uploadEndpoints[0];
  return { ...imageOf(number), endpoint: name, path };
}

/** @param {number} number */
export function imageOf(number) {
  const bytes = Buffer.concat([HEAD, chunk('tEXt', `image\0${number}`), PIXEL, chunk('IEND', '')]);
  return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes, filename: `image-${number}.png` };
}

/**
 * @param {string} type
 * @param {string | Buffer} content
 */
function chunk(type, content) {
  const rest = Buffer.concat([Buffer.from(type), Buffer.from(content)]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(rest.length - type.length);
  checksum.writeUInt32BE(crc32(rest));
  return Buffer.concat([length, rest, checksum]);
}

/** The signature of PNG and a head of one grey pixel. */
const HEAD = Buffer.concat([
  Buffer.from('89504e470d0a1a0a', 'hex'),
  chunk('IHDR', Buffer.from('00000001000000010800000000', 'hex')),
]);

/** That pixel, deflated. */
const PIXEL = chunk('IDAT', Buffer.from('789c6360000000020001', 'hex'));

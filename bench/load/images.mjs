/** Images that are all different and cheap to make. */
import { createHash, randomBytes } from 'node:crypto';

/**
 * @typedef {object} Image
 * @property {Buffer} body what all images of a series begin with
 * @property {Buffer} tail its own last bytes
 * @property {string} sha256
 */

const TAIL = 32;

/** A PNG's signature and IHDR: 1080 × 1080 pixels, 8 bits, RGBA. */
export const PNG_HEAD = Buffer.from(
  '89504e470d0a1a0a0000000d4948445200000438000004380806000000ec106c8f',
  'hex',
);

/**
 * A series of images of one size: a valid head, random bytes that they share, and 32 random bytes of their own at the end, so
 * that no two have the same digest. The shared bytes are hashed once.
 * @param {number} size bytes
 * @returns {() => Image}
 */
export function imageSeries(size) {
  const body = Buffer.concat([PNG_HEAD, randomBytes(size - PNG_HEAD.length - TAIL)]);
  const begun = createHash('sha256').update(body);
  return () => {
    const tail = randomBytes(TAIL);
    return { body, tail, sha256: begun.copy().update(tail).digest('hex') };
  };
}

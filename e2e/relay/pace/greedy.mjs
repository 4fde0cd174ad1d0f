/** A caller that always has so many requests under way, and comes again with the same image when it was told to. */
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { imageOf } from '../storm/image.mjs';

/**
 * @typedef {object} Asked what came of the requests of a caller
 * @property {number} returned images that came again after their Retry-After
 * @property {number} held those of them that got their URL then
 * @property {string[]} errors
 */

let numbers = 0;

/** An image that no caller had before. @param {string} name */
export function newImage(name) {
  numbers += 1;
  return { ...imageOf(numbers), filename: `${name}-${numbers}.png` };
}

/**
 * @param {string} name the beginning of its filenames
 * @param {object} options
 * @param {import('../storm/nodes.mjs').Nodes} options.nodes each request goes to the next one
 * @param {string} options.token
 * @param {number} options.greed requests under way
 * @param {number} options.until milliseconds of performance.now(): no request begins later
 * @returns {Promise<Asked>}
 */
export async function askGreedily(name, { nodes, token, greed, until }) {
  /** @type {Asked} */
  const asked = { returned: 0, held: 0, errors: [] };
  await Promise.all(Array.from({ length: greed }, (_, place) => keepAsking(place)));
  return asked;

  /** @param {number} place */
  async function keepAsking(place) {
    for (let turn = place; performance.now() < until; turn += 1) {
      const image = newImage(name);
      let isReturned = false;
      let retryAfter = await ask(turn, image, isReturned);
      while (retryAfter !== undefined && performance.now() + retryAfter * 1000 < until) {
        await sleep(retryAfter * 1000);
        isReturned = true;
        retryAfter = await ask(turn, image, isReturned);
      }
    }
  }

  /**
   * @param {number} turn
   * @param {{ bytes: Buffer, filename: string }} image
   * @param {boolean} isReturned
   * @returns {Promise<number | undefined>} seconds, if it is to come again
   */
  async function ask(turn, image, isReturned) {
    const { status, retryAfter, problem } = await post(nodes.all[turn % nodes.all.length]?.url, token, image);
    if (isReturned) asked.returned += 1;
    if (status === 200 && isReturned) asked.held += 1;
    if (status === 429 && retryAfter !== undefined) return retryAfter;
    if (status !== 200) asked.errors.push(`${status} ${problem}`);
    return undefined;
  }
}

/**
 * @param {string | undefined} url of a node
 * @param {string} token
 * @param {{ bytes: Buffer, filename: string }} image
 * @param {Record<string, string>} [headers]
 */
export async function post(url, token, { bytes, filename }, headers = {}) {
  const {
    statusCode,
    headers: answered,
    body,
  } = await request(`${url}/v1/images?filename=${filename}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'image/png', ...headers },
    body: bytes,
  });
  const { code = '' } = /** @type {{ code?: string }} */ (await body.json());
  const seconds = Number(answered['retry-after']);
  return { status: statusCode, retryAfter: seconds > 0 ? seconds : undefined, problem: code };
}

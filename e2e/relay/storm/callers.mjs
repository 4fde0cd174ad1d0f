/** Those who want URLs of a relay: SDKs by the APIv3 door, programs with a token by the plain one, some of them without waiting. */
import { setTimeout as sleep } from 'node:timers/promises';
import { uploadEndpoint } from '@coupon-media/apiv3';
import { ClientError, createClient } from '@coupon-media/client';
import { request } from 'undici';

/** @typedef {ReturnType<typeof import('./image.mjs').wishOf>} Image */
/** @typedef {'apiv3' | 'plain' | 'async'} Way */
/**
 * How a request ended.
 * @typedef {object} End
 * @property {Image} image
 * @property {Way} way
 * @property {string} [value] the URL, or the media_id
 * @property {string} [error]
 * @property {string} [location]
 */

/** @type {readonly Way[]} */
const WAYS = ['apiv3', 'apiv3', 'plain', 'async'];

/**
 * Asks for the URL of each image, each caller for an equal share.
 * @param {import('./nodes.mjs').Nodes} nodes
 * @param {readonly Image[]} work
 * @param {number} count how many callers at once
 * @param {End[]} [ends] receives each request as it ends
 * @returns {Promise<End[]>}
 */
export async function runCallers(nodes, work, count, ends = []) {
  const asks = askers(nodes);
  await Promise.all(
    Array.from({ length: count }, async (_, caller) => {
      const way = WAYS[caller % WAYS.length] ?? 'apiv3';
      for (const image of work.filter((_, at) => at % count === caller))
        ends.push({ image, way, ...(await asks[way](image, caller)) });
    }),
  );
  await asks.close();
  return ends;
}

/**
 * Asks the plain door for what an upload that was accepted has given.
 * @param {import('./nodes.mjs').Nodes} nodes
 * @param {End} end
 * @returns {Promise<string | undefined>}
 */
export async function valueAt(nodes, { image, location = '' }) {
  for (const { url } of nodes.all) {
    const authorization = `Bearer ${tokenFor(image, nodes)}`;
    const answer = await json(`${url}${location}`, { headers: { authorization } }).catch(() => undefined);
    const value = answer && valueIn(answer.body.image ?? {});
    if (value) return value;
  }
  return undefined;
}

/** @param {Image} image @param {import('./nodes.mjs').Nodes} nodes */
function tokenFor({ endpoint }, { token, brandToken }) {
  return isOfBrand(endpoint) ? brandToken : token;
}

/** @param {Image['endpoint']} endpoint */
function isOfBrand(endpoint) {
  return uploadEndpoint(endpoint).scheme === 'brand';
}

/** @param {{ image_url?: string, media_id?: string }} body */
function valueIn({ image_url, media_id }) {
  return image_url ?? media_id;
}

/** @param {import('./nodes.mjs').Nodes} nodes */
function askers(nodes) {
  const { all, caller, brandId, platformKeys } = nodes;
  const shared = {
    certificateSerialNo: caller.certificateSerialNo,
    privateKeyPath: caller.privateKeyPath,
    wechatPayPublicKeys: platformKeys,
    hosts: all.map(({ url }) => url),
    deadlines: { total: 120_000, attempt: 60_000 },
  };
  const merchant = createClient({ ...shared, mchid: caller.mchid });
  const brand = createClient({ ...shared, brandId });
  return {
    close: () => Promise.all([merchant.close(), brand.close()]),
    apiv3: async (/** @type {Image} */ { bytes, filename, endpoint }) =>
      (isOfBrand(endpoint) ? brand : merchant).uploadImage(bytes, { filename, endpoint }).then(
        (result) => ({ value: 'mediaId' in result ? result.mediaId : result.imageUrl }),
        (error) => ({ error: error instanceof ClientError ? error.code : String(error) }),
      ),
    plain: (/** @type {Image} */ image, /** @type {number} */ number) => post(image, number, {}),
    async: (/** @type {Image} */ image, /** @type {number} */ number) =>
      post(image, number, { prefer: 'respond-async' }),
  };

  /**
   * Sends to one node after the other until one answers: who sends to one alone has to live with its end.
   * @param {Image} image
   * @param {number} number
   * @param {Record<string, string>} headers
   */
  async function post(image, number, headers) {
    const { bytes, filename, sha256, endpoint } = image;
    for (let attempt = 0; ; attempt += 1) {
      const node = all[(number + attempt) % all.length];
      try {
        const { statusCode, location, body } = await json(
          `${node?.url}/v1/images?endpoint=${endpoint}&filename=${encodeURIComponent(filename)}`,
          {
            method: 'POST',
            headers: {
              authorization: `Bearer ${tokenFor(image, nodes)}`,
              'content-type': 'image/png',
              'idempotency-key': sha256,
              ...headers,
            },
            body: bytes,
          },
        );
        if (statusCode === 202) return { location };
        if (statusCode === 200 || statusCode === 201) return { value: valueIn(body) };
        return { error: `${statusCode} ${body.type ?? body.code ?? ''}` };
      } catch (error) {
        if (attempt === all.length) return { error: String(error) };
        await sleep(50);
      }
    }
  }
}

/**
 * @param {string} url
 * @param {Parameters<typeof request>[1]} options
 */
async function json(url, options) {
  const { statusCode, headers, body } = await request(url, options);
  const text = await body.text();
  return { statusCode, location: [headers.location].flat()[0], body: text ? JSON.parse(text) : {} };
}

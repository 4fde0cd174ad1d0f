/** Those who want URLs of a relay: SDKs by the APIv3 door, programs with a token by the plain one, some of them without waiting. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ClientError, createClient } from '@coupon-media/client';
import { request } from 'undici';

/** @typedef {{ sha256: string, bytes: Buffer, filename: string }} Image */
/** @typedef {'apiv3' | 'plain' | 'async'} Way */
/** @typedef {{ sha256: string, way: Way, url?: string, error?: string, location?: string }} End how a request ended */

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
        ends.push({ sha256: image.sha256, way, ...(await asks[way](image, caller)) });
    }),
  );
  await asks.close();
  return ends;
}

/**
 * Asks the plain door for the URL of a known image, or for that of a job.
 * @param {import('./nodes.mjs').Nodes} nodes
 * @param {string} path
 * @returns {Promise<string | undefined>}
 */
export async function urlAt({ all, token }, path) {
  for (const { url } of all) {
    const answer = await json(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } }).catch(
      () => undefined,
    );
    const found = answer?.body.image?.image_url ?? answer?.body.image_url;
    if (found) return found;
  }
  return undefined;
}

/** @param {import('./nodes.mjs').Nodes} nodes */
function askers({ all, caller, platformKeys, token }) {
  const client = createClient({
    mchid: caller.mchid,
    certificateSerialNo: caller.certificateSerialNo,
    privateKeyPath: caller.privateKeyPath,
    wechatPayPublicKeys: platformKeys,
    hosts: all.map(({ url }) => url),
    deadlines: { total: 120_000, attempt: 60_000 },
  });
  return {
    close: () => client.close(),
    apiv3: async (/** @type {Image} */ { bytes, filename }) =>
      client.uploadImage(bytes, { filename }).then(
        ({ imageUrl }) => ({ url: imageUrl }),
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
  async function post({ bytes, filename, sha256 }, number, headers) {
    for (let attempt = 0; ; attempt += 1) {
      const node = all[(number + attempt) % all.length];
      try {
        const { statusCode, location, body } = await json(
          `${node?.url}/v1/images?filename=${encodeURIComponent(filename)}`,
          {
            method: 'POST',
            headers: {
              authorization: `Bearer ${token}`,
              'content-type': 'image/png',
              'idempotency-key': sha256,
              ...headers,
            },
            body: bytes,
          },
        );
        if (statusCode === 202) return { location };
        if (statusCode === 200 || statusCode === 201) return { url: body.image_url };
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

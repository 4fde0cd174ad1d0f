/** Images served while they are in memory: requests per second on one core, and the processor time of each. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { imagePath } from '@coupon-media/apiv3';
import { sendAll } from '../load/closed-loop.mjs';
import { imageSeries } from '../load/images.mjs';
import { imageGet, signedUpload } from '../load/requests.mjs';
import { hasNginx, startNginx } from '../measure/nginx.mjs';
import { startSubject } from '../measure/processes.mjs';
import { emptyFolder, measureThroughput } from '../measure/throughput.mjs';
import { sizeNamed } from '../scale.mjs';

/** @typedef {import('../measure/processes.mjs').Subject} Subject */
/** @typedef {import('../measure/throughput.mjs').Throughput} Throughput */
/** @typedef {Record<string, Throughput>} ImagesRound by name of the server */
/** @typedef {{ what: string, rounds: ImagesRound[] }} ImagesResult */

/** Each connection asks again as soon as it has the image. */
const CONNECTIONS = 32;

/** What is asked for, and the most requests a second. */
const ASKED = [
  { what: '10 KiB', fastest: 30_000 },
  { what: '2 MiB', fastest: 2_000 },
  { what: '10 KiB, 304', fastest: 40_000 },
];

/**
 * @param {import('../scale.mjs').Bench} bench
 * @returns {Promise<ImagesResult[]>}
 */
export async function measure(bench) {
  const folder = emptyFolder(bench, 'images');
  const images = new Map(['10 KiB', '2 MiB'].map((name) => [name, imageSeries(sizeNamed(name).bytes)()]));
  const settings = { folder, identity: bench.identity };
  const ours = await startSubject('servers/host.mjs', 'ours', settings);
  const form = signedUpload(bench.identity);
  await sendAll(ours.port, [...images.values()].map(form), 2);
  // The others serve the same bytes from a folder.
  const files = emptyFolder(bench, 'files');
  /** @type {Record<string, Subject>} */
  const servers = {
    ours,
    'fastify-static': await startSubject('servers/host.mjs', 'fastify-static', {
      ...settings,
      folder: files,
    }),
    'bare-304': await startSubject('servers/host.mjs', 'bare-304', settings),
    ...(hasNginx() && { nginx: await startNginx(files, emptyFolder(bench, 'nginx')) }),
  };
  mkdirSync(`${files}/images`);
  for (const { body, tail, sha256 } of images.values())
    writeFileSync(`${files}/${imagePath({ sha256, kind: 'png' })}`, Buffer.concat([body, tail]));
  try {
    const results = [];
    for (const { what, fastest } of ASKED) {
      const image = images.get(what.replace(', 304', ''));
      const path = `/${imagePath({ sha256: image?.sha256 ?? '', kind: 'png' })}`;
      const rounds = [];
      for (let round = 0; round < bench.scale.rounds; round += 1) {
        bench.say(`${what}, round ${round + 1} of ${bench.scale.rounds}`);
        rounds.push(await measureRound(bench, servers, what.endsWith('304'), path, fastest));
      }
      results.push({ what, rounds });
    }
    return results;
  } finally {
    for (const server of Object.values(servers)) await server.stop();
  }
}

/**
 * @param {import('../scale.mjs').Bench} bench
 * @param {Record<string, Subject>} servers
 * @param {boolean} isKnown whether the caller has the image already
 * @param {string} path
 * @param {number} fastest
 * @returns {Promise<ImagesRound>}
 */
async function measureRound({ scale }, servers, isKnown, path, fastest) {
  /** @type {ImagesRound} */
  const round = {};
  for (const [name, server] of Object.entries(servers)) {
    if (name === 'bare-304' && !isKnown) continue;
    const request = imageGet(path, isKnown ? await etagOf(server, path) : undefined);
    const requests = Array.from({ length: fastest * (scale.warmUp + scale.seconds) }, () => request);
    const size = { name, bytes: 0, connections: CONNECTIONS };
    round[name] = await measureThroughput(server, requests, size, scale);
  }
  return round;
}

/** @param {Subject} server @param {string} path */
async function etagOf({ port }, path) {
  const { headers } = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'HEAD' });
  return headers.get('etag') ?? undefined;
}

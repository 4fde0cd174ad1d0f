/** Compares servers: uploads per second on one core, and the processor time of each upload. */
import { bucketPut, signedUpload } from '../load/requests.mjs';
import { measureFloorParts, opensslSignRate } from '../measure/floor.mjs';
import { measureThroughput, requestsFor, withServer } from '../measure/throughput.mjs';
import { sizes } from '../scale.mjs';

/** @typedef {import('../measure/throughput.mjs').Throughput} Throughput */

/** The measured servers: files of servers/, with their names in the tables. */
export const servers = [
  { name: 'ours', label: 'coupon-media, durable' },
  { name: 'ours-storing-nothing', label: 'coupon-media, storing nothing' },
  { name: 'express-multer', label: 'express + multer, fsync' },
  { name: 'fastify-multipart', label: 'fastify + @fastify/multipart, fsync' },
  { name: 's3rver', label: "s3rver's PUT (unsigned, no fsync)" },
  { name: 'floor', label: 'the floor as one bare server' },
  { name: 'bare-http', label: 'node:http, body dropped' },
];

/**
 * @typedef {object} UploadRound
 * @property {Record<string, Throughput>} servers by name
 * @property {import('../measure/floor.mjs').FloorParts} parts
 * @property {number} openssl RSA-2048 signatures a second
 */
/** @typedef {{ size: string, rounds: UploadRound[] }[]} UploadResults */

/** The most requests per second that are signed beforehand; the fastest servers stay below. */
const FASTEST = new Map([
  ['10 KiB', 3000],
  ['200 KiB', 1600],
  ['2 MiB', 350],
]);

/**
 * @param {import('../scale.mjs').Bench} bench
 * @returns {Promise<UploadResults>}
 */
export async function measure(bench) {
  const results = [];
  for (const size of sizes) {
    const rounds = [];
    for (let round = 0; round < bench.scale.rounds; round += 1) {
      bench.say(`${size.name}, round ${round + 1} of ${bench.scale.rounds}`);
      rounds.push(await measureRound(bench, size));
    }
    results.push({ size: size.name, rounds });
  }
  return results;
}

/**
 * Every server gets the same requests, each of them once.
 * @param {import('../scale.mjs').Bench} bench
 * @param {import('../scale.mjs').Size} size
 * @returns {Promise<UploadRound>}
 */
async function measureRound(bench, size) {
  const rate = FASTEST.get(size.name) ?? 1000;
  const uploads = requestsFor(signedUpload(bench.identity), size, bench.scale, rate);
  const puts = requestsFor(bucketPut, size, bench.scale, rate);
  /** @type {Record<string, Throughput>} */
  const measured = {};
  for (const { name } of servers) {
    const requests = name === 's3rver' ? puts : uploads;
    measured[name] = await withServer(bench, name, (server, folder) =>
      measureThroughput(server, requests, size, bench.scale, folder),
    ).catch((cause) => {
      throw new Error(`${name} at ${size.name}: ${cause.message}`, { cause });
    });
  }
  return { servers: measured, parts: await measureFloorParts(bench, size.bytes), openssl: opensslSignRate() };
}

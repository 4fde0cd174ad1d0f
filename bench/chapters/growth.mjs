/** Compares the rate of a store with a million records with that of one with ten thousand. */
import { statfsSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'libsql';
import { signedUpload } from '../load/requests.mjs';
import { startSubject } from '../measure/processes.mjs';
import { emptyFolder, measureThroughput, requestsFor } from '../measure/throughput.mjs';
import { sizeNamed } from '../scale.mjs';

/** @typedef {{ few: number, many: number, records: number }} GrowthRound uploads a second */

const FEW = 10_000;

/** Bytes that must be free for each record: its row and its indexes, as they grow while they are filled, and the journal. */
const ROOM = 4_000;

/**
 * @param {import('../scale.mjs').Bench} bench
 * @returns {Promise<GrowthRound[]>}
 */
export async function measure(bench) {
  const { records, rounds } = bench.scale;
  checkRoom(path.dirname(bench.folder), records);
  const few = await filledFolder(bench, 'growth-few', FEW);
  const many = await filledFolder(bench, 'growth-many', records);
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    bench.say(`round ${round + 1} of ${rounds}`);
    results.push({ few: await rateIn(bench, few), many: await rateIn(bench, many), records });
  }
  emptyFolder(bench, 'growth-few');
  emptyFolder(bench, 'growth-many');
  return results;
}

/**
 * @param {string} folder
 * @param {number} records
 */
function checkRoom(folder, records) {
  const { bavail, bsize } = statfsSync(folder);
  const [free, needed] = [bavail * bsize, records * ROOM].map((bytes) => Math.round(bytes / 1e9));
  if (Number(free) < Number(needed))
    throw new Error(`${records} records need ${needed} GB, and ${folder} has ${free} GB free`);
}

/**
 * @param {import('../scale.mjs').Bench} bench
 * @param {string} folder kept from round to round: it grows by what is uploaded
 */
async function rateIn(bench, folder) {
  const size = sizeNamed('10 KiB');
  const requests = requestsFor(signedUpload(bench.identity), size, bench.scale, 3000);
  const server = await startSubject('servers/host.mjs', 'ours', { folder, identity: bench.identity });
  try {
    return (await measureThroughput(server, requests, size, bench.scale)).rate;
  } finally {
    await server.stop();
  }
}

/**
 * Fills a store through its own schema: a million uploads would take ten minutes and ten gigabytes.
 * @param {import('../scale.mjs').Bench} bench
 * @param {string} name
 * @param {number} records
 */
async function filledFolder(bench, name, records) {
  bench.say(`filling a store with ${records} records`);
  const folder = emptyFolder(bench, name);
  const settings = { folder, identity: bench.identity };
  const server = await startSubject('servers/host.mjs', 'ours', settings);
  await server.stop();
  const database = new Sqlite(`${folder}/store.db`);
  database.exec(`
    pragma synchronous=off; pragma cache_size=-1048576; pragma wal_autocheckpoint=0; begin;
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${records})
    insert into image (sha256, kind, bytes, width, height, content)
      select randomblob(32), 'png', 256, 1080, 1080, randomblob(256) from n;
    insert into upload (merchant, filename, sha256, at, request_id)
      select '${bench.identity.mchid}', 'coupon.png', sha256, 1754300000000 + id, hex(randomblob(16)) from image order by id;
    commit; pragma wal_checkpoint(truncate)`);
  database.close();
  return folder;
}

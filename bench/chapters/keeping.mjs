/** The commands that keep a store, on many images of 10 KiB, beside those of an earlier state; a backup beside `cp -r` and a sync. */
import { spawnSync } from 'node:child_process';
import Sqlite from 'libsql';
import { imageSeries } from '../load/images.mjs';
import { buildEarlier, EARLIER } from '../measure/earlier.mjs';
import { startSubject } from '../measure/processes.mjs';
import { BOTH_CORES, pinned } from '../measure/processor.mjs';
import { commandOf, ownRoot } from '../measure/serve.mjs';
import { emptyFolder } from '../measure/throughput.mjs';
import { sizeNamed } from '../scale.mjs';

/** @typedef {{ earlier: number, now: number }} Pair milliseconds */
/** @typedef {{ images: number, check: Pair, list: Pair, backup: Pair, copy: number }} Keeping */

/**
 * @param {import('../scale.mjs').Bench} bench
 * @returns {Promise<Keeping[]>} of each round
 */
export async function measure(bench) {
  const { keptImages: images, rounds } = bench.scale;
  const states = [
    { name: /** @type {const} */ ('earlier'), root: buildEarlier(EARLIER) },
    { name: /** @type {const} */ ('now'), root: ownRoot },
  ];
  const folders = { earlier: '', now: '' };
  for (const { name, root } of states)
    folders[name] = await filledFolder(bench, `kept-${name}`, images, root);
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    bench.say(`round ${round + 1} of ${rounds}`);
    /** @type {Keeping} */
    const found = { images, check: pair(), list: pair(), backup: pair(), copy: Number.NaN };
    for (const { name, root } of round % 2 === 0 ? states : states.toReversed()) {
      /** @param {...string} args */
      const timeOf = (...args) => time([process.execPath, commandOf(root), ...args, '--data', folders[name]]);
      found.check[name] = timeOf('store', 'check', '--deep');
      // Only the oldest upload has this name, so that all are looked at.
      found.list[name] = timeOf('store', 'list', '--filename', nameOf(0));
      found.backup[name] = timeOf('store', 'backup', `${emptyFolder(bench, 'backup')}/copy`);
    }
    const to = `${emptyFolder(bench, 'backup')}/copy`;
    found.copy = time(['sh', '-c', `cp -r '${folders.now}' '${to}' && sync -f '${to}'`]);
    results.push(found);
  }
  for (const name of ['backup', 'kept-earlier', 'kept-now']) emptyFolder(bench, name);
  return results;
}

function pair() {
  return { earlier: Number.NaN, now: Number.NaN };
}

/** @param {string[]} command @returns {number} milliseconds */
function time(command) {
  const [program = '', ...args] = pinned(BOTH_CORES, command);
  const began = performance.now();
  const { status, stderr } = spawnSync(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - began;
}

/** @param {number} number of the upload */
function nameOf(number) {
  return `coupon-${String(number).padStart(7, '0')}.png`;
}

/**
 * Fills a store through its own schema, since uploads would take minutes.
 * @param {import('../scale.mjs').Bench} bench
 * @param {string} name
 * @param {number} images
 * @param {string} root
 */
async function filledFolder(bench, name, images, root) {
  bench.say(`filling a store with ${images} images`);
  const folder = emptyFolder(bench, name);
  const server = await startSubject(
    'servers/host.mjs',
    'ours',
    { folder, identity: bench.identity },
    { root },
  );
  await server.stop();
  const database = new Sqlite(`${folder}/store.db`);
  database.exec('pragma synchronous=off; pragma wal_autocheckpoint=0; begin');
  const addImage = database.prepare(
    "insert into image (sha256, kind, bytes, width, height, content) values (?, 'png', ?, 1080, 1080, ?)",
  );
  const addUpload = database.prepare(
    'insert into upload (merchant, filename, sha256, at, request_id) values (?, ?, ?, ?, ?)',
  );
  const next = imageSeries(sizeNamed('10 KiB').bytes);
  for (let number = 0; number < images; number += 1) {
    const { body, tail, sha256 } = next();
    const [digest, content] = [Buffer.from(sha256, 'hex'), Buffer.concat([body, tail])];
    addImage.run(digest, content.length, content);
    addUpload.run(
      bench.identity.mchid,
      nameOf(number),
      digest,
      1_754_300_000_000 + number,
      sha256.slice(0, 32),
    );
  }
  database.exec('commit; pragma wal_checkpoint(truncate)');
  database.close();
  return folder;
}

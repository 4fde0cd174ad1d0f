/**
 * What an image costs the relay, beside the two things that it replaces: the service's upload and the client's. Processor time of one
 * process each, in turns.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { startCannedService } from '../load/canned-service.mjs';
import { sendAll } from '../load/closed-loop.mjs';
import { imageSeries, PNG_HEAD } from '../load/images.mjs';
import { plainUpload, signedUpload } from '../load/requests.mjs';
import { measureFloorParts } from '../measure/floor.mjs';
import { startSubject } from '../measure/processes.mjs';
import { processorTime } from '../measure/processor.mjs';
import { emptyFolder, withServer } from '../measure/throughput.mjs';
import { sizeNamed } from '../scale.mjs';

/** Microseconds of processor time an image. @typedef {Record<RelayWay | 'service' | 'client', number>} RelayRound */
/** @typedef {'apiv3' | 'plain' | 'apiv3 again' | 'plain again'} RelayWay */
/** @typedef {{ size: string, rounds: RelayRound[], parts: import('../measure/floor.mjs').FloorParts }[]} RelayResults */
/** @typedef {import('../scale.mjs').Bench} Bench */
/** @typedef {import('../scale.mjs').Size} Size */

/** Images of a measurement, and of warming up before it. */
const IMAGES = new Map([
  ['10 KiB', { measured: 1500, warm: 600 }],
  ['2 MiB', { measured: 200, warm: 60 }],
]);

/** As many callers as the client has calls under way by default. */
const CONNECTIONS = 8;

/**
 * @param {Bench} bench
 * @returns {Promise<RelayResults>}
 */
export async function measure(bench) {
  const upstream = await startCannedService(bench.identity);
  const results = [];
  for (const [name, counts] of IMAGES) {
    const rounds = [];
    for (let round = 0; round < bench.scale.rounds; round += 1) {
      bench.say(`${name}, round ${round + 1} of ${bench.scale.rounds}`);
      upstream.signAgain();
      rounds.push(await measureRound(bench, sizeNamed(name), counts, upstream.baseUrl));
    }
    results.push({ size: name, rounds, parts: await measureFloorParts(bench, sizeNamed(name).bytes) });
  }
  upstream.close();
  return results;
}

/**
 * @param {Bench} bench
 * @param {Size} size
 * @param {{ measured: number, warm: number }} counts
 * @param {string} upstream
 * @returns {Promise<RelayRound>}
 */
async function measureRound(bench, size, counts, upstream) {
  const signed = signedUpload(bench.identity);
  const service = await withServer(bench, 'ours', (server) => measureForm(server, signed, size, counts));
  const client = await measureClient(bench, size, counts, upstream);
  /** @param {(token: string) => import('../load/requests.mjs').Form} formOf */
  const relay = (formOf) =>
    withServer(
      bench,
      'relay',
      (server, folder) =>
        measureForm(server, formOf(readFileSync(path.join(folder, 'token'), 'utf8')), size, counts),
      { settings: { environment: { upstream } } },
    );
  const apiv3 = await relay(() => signed);
  const plain = await relay(plainUpload);
  return {
    ...{ service: service.first, client },
    ...{ apiv3: apiv3.first, plain: plain.first, 'apiv3 again': apiv3.again, 'plain again': plain.again },
  };
}

/**
 * Sends images, and then the same ones once more.
 * @param {import('../measure/processes.mjs').Subject} server
 * @param {import('../load/requests.mjs').Form} form
 * @param {Size} size
 * @param {{ measured: number, warm: number }} counts
 */
async function measureForm({ port, pid }, form, size, { measured, warm }) {
  const next = imageSeries(size.bytes);
  const images = Array.from({ length: measured }, next);
  await sendAll(port, Array.from({ length: warm }, next).map(form), CONNECTIONS);
  const times = [];
  for (let pass = 0; pass < 2; pass += 1) {
    const requests = images.map(form);
    const before = processorTime(pid);
    await sendAll(port, requests, CONNECTIONS);
    times.push((processorTime(pid) - before) / measured);
  }
  const [first = Number.NaN, again = Number.NaN] = times;
  return { first, again };
}

/**
 * @param {Bench} bench
 * @param {Size} size
 * @param {{ measured: number, warm: number }} counts
 * @param {string} baseUrl
 */
async function measureClient(bench, { bytes }, { measured, warm }, baseUrl) {
  const settings = { baseUrl, folder: emptyFolder(bench, 'client'), identity: bench.identity };
  const subject = await startSubject('clients/host.mjs', 'ours', settings);
  try {
    const head = PNG_HEAD.toString('base64');
    await subject.ask({ count: warm, bytes, head });
    const { cpu } = await subject.ask({ count: measured, bytes, head });
    return cpu;
  } finally {
    await subject.stop();
  }
}

/** Compares clients: uploads per second on one core, and the processor time of each upload. */
import { startCannedService } from '../load/canned-service.mjs';
import { PNG_HEAD } from '../load/images.mjs';
import { startSubject } from '../measure/processes.mjs';
import { emptyFolder } from '../measure/throughput.mjs';
import { sizeNamed } from '../scale.mjs';

/** The measured clients: files of clients/, with their names in the tables. */
export const clients = [
  { name: 'ours', label: '@coupon-media/client' },
  { name: 'bare', label: 'only what cannot be left out, by undici' },
  { name: 'wechatpay-axios-plugin', label: 'wechatpay-axios-plugin' },
  { name: 'node-easywechat', label: 'node-easywechat (response not verified)' },
  { name: 'fetch-form-data', label: 'fetch + FormData, PEM strings' },
];

/** @typedef {Record<string, { rate: number, cpu: number }>} ClientRound by name */
/** @typedef {{ size: string, rounds: ClientRound[] }[]} ClientResults */
/** @typedef {import('../measure/processes.mjs').Subject} Subject */

/**
 * @param {import('../scale.mjs').Bench} bench
 * @returns {Promise<ClientResults>}
 */
export async function measure(bench) {
  const service = await startCannedService(bench.identity);
  const folder = emptyFolder(bench, 'clients');
  const settings = { baseUrl: service.baseUrl, folder, identity: bench.identity };
  /** @type {Map<string, Subject>} */
  const running = new Map();
  for (const { name } of clients) running.set(name, await startSubject('clients/host.mjs', name, settings));
  const results = [];
  for (const name of ['10 KiB', '2 MiB']) {
    const rounds = [];
    for (let round = 0; round < bench.scale.rounds; round += 1) {
      bench.say(`${name}, round ${round + 1} of ${bench.scale.rounds}`);
      service.signAgain();
      rounds.push(await measureRound(bench, running, sizeNamed(name).bytes));
    }
    results.push({ size: name, rounds });
  }
  for (const subject of running.values()) await subject.stop();
  service.close();
  return results;
}

/**
 * @param {import('../scale.mjs').Bench} bench
 * @param {Map<string, Subject>} running
 * @param {number} bytes
 */
async function measureRound({ scale }, running, bytes) {
  /** @type {ClientRound} */
  const round = {};
  const head = PNG_HEAD.toString('base64');
  for (const [name, subject] of running) {
    /** @param {number} count @returns {Promise<{ rate: number, cpu: number }>} */
    const upload = (count) => subject.ask({ count, bytes, head });
    const { rate } = await upload(50);
    const { rate: warm } = await upload(Math.ceil(rate * scale.warmUp));
    round[name] = await upload(Math.ceil(warm * scale.seconds));
  }
  return round;
}

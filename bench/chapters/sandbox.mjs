/** The sandbox as a test has it: its start beside that of an earlier state, in turns, and what its journal costs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { sendAtRate } from '../load/open-loop.mjs';
import { makeRequests, signedUpload } from '../load/requests.mjs';
import { buildEarlier, EARLIER } from '../measure/earlier.mjs';
import { BOTH_CORES, MEASURED_CORE, pinned, processorTime, residentMemory } from '../measure/processor.mjs';
import { emptyFolder } from '../measure/throughput.mjs';
import { sizeNamed } from '../scale.mjs';

/**
 * @typedef {object} Start
 * @property {number} whole milliseconds from exec to the end of the process
 * @property {number} start milliseconds from the end of the import to the running sandbox
 */

/**
 * @typedef {object} Journal
 * @property {number} cpu microseconds an upload
 * @property {number} memory bytes that are resident at the end
 */

/**
 * @typedef {object} SandboxResults
 * @property {Start} first of the machine: it makes the keys
 * @property {{ earlier: Start, now: Start }[]} starts
 * @property {number} rate uploads a second, of 10 KiB
 * @property {number} seconds
 * @property {{ without: Journal, with: Journal }[]} journal
 */

const servers = fileURLToPath(new URL('../servers/', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));
/** Uploads a second: a busy test of load. */
const RATE = 500;
/** Entries that a journal keeps unless it is told otherwise. */
const KEPT = 1000;

/**
 * @param {import('../scale.mjs').Bench} bench
 * @returns {Promise<SandboxResults>}
 */
export async function measure(bench) {
  const earlierRoot = buildEarlier(EARLIER);
  const env = { ...process.env, XDG_CACHE_HOME: emptyFolder(bench, 'cache') };
  const now = () => timeStart([root], env);
  const earlier = () => timeStart([earlierRoot, 'earlier'], env);
  const first = await now();
  await earlier();
  const starts = [];
  for (let n = 0; n < bench.scale.starts * 2; n += 1) {
    starts.push(
      n % 2 === 0
        ? { earlier: await earlier(), now: await now() }
        : { now: await now(), earlier: await earlier() },
    );
  }
  const journal = [];
  const seconds = bench.scale.journalSeconds;
  for (let round = 0; round < bench.scale.rounds; round += 1) {
    bench.say(`journal, round ${round + 1} of ${bench.scale.rounds}`);
    const measured = (/** @type {number} */ kept) => measureJournal(kept, seconds, env);
    // The order alternates, since the speed of a machine drifts.
    const isFirst = round % 2 === 0;
    const [one, other] = [await measured(isFirst ? 0 : KEPT), await measured(isFirst ? KEPT : 0)];
    journal.push(isFirst ? { without: one, with: other } : { without: other, with: one });
  }
  return { first, starts, rate: RATE, seconds, journal };
}

/**
 * @param {string[]} args of the program
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Start>}
 */
async function timeStart(args, env) {
  const program = path.join(servers, 'sandbox-start.mjs');
  const [command = '', ...rest] = pinned(BOTH_CORES, [process.execPath, program, ...args]);
  const began = performance.now();
  const child = spawn(command, rest, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (text) => {
    printed += text;
  });
  const [code] = await once(child, 'exit');
  const whole = performance.now() - began;
  if (code !== 0) throw new Error(`a sandbox of ${args[0]} ended with ${code}`);
  return { whole, start: Number(printed) };
}

/**
 * @param {number} kept entries of the journal
 * @param {number} seconds
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Journal>}
 */
async function measureJournal(kept, seconds, env) {
  const program = path.join(servers, 'sandbox.mjs');
  const [command = '', ...args] = pinned(MEASURED_CORE, [process.execPath, program, String(kept)]);
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    const { baseUrl, mchid, certificateSerialNo, privateKeyPem, wechatPayPublicKeyId } = JSON.parse(line);
    const form = signedUpload({
      ...{ mchid, serialNo: certificateSerialNo, privateKeyPem, platformKeyId: wechatPayPublicKeyId },
      ...{ certificatePem: '', platformPrivateKeyPem: '', platformPublicKeyPem: '' },
    });
    const { bytes } = sizeNamed('10 KiB');
    const port = Number(new URL(baseUrl).port);
    const pid = Number(child.pid);
    await sendAtRate(port, makeRequests(form, bytes, KEPT * 2), RATE);
    const uploads = makeRequests(form, bytes, RATE * seconds);
    const before = processorTime(pid);
    await sendAtRate(port, uploads, RATE);
    return { cpu: (processorTime(pid) - before) / uploads.length, memory: residentMemory(pid) };
  } finally {
    if (child.kill()) await once(child, 'exit');
  }
}

/**
 * A relay of three nodes under faults of upstream and SIGKILLs, at all endpoints of a merchant and a brand, judged by the journal of a sandbox that stands for upstream:
 * `npm run relay:wide -- [--images N] [--repeats N] [--callers N] [--pace N] [--kills N] [--away SECONDS]`. It starts PostgreSQL, Ceph and Redis.
 *
 * It fails unless each upload beyond the first of an image belongs to one without a verified answer or to a kill, each request ends as a
 * URL or as an error that its caller received, and each image has its URL in the end, the right one.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startSandbox } from '@coupon-media/sandbox';
import { runCallers, valueAt } from './callers.mjs';
import { wishOf } from './image.mjs';
import { attemptsOf, judge, keyOf, readLog } from './judge.mjs';
import { startNodes } from './nodes.mjs';

/** Of the requests to upstream, 16 % have a fault: each of these four the same share, in turn of what the earlier ones leave. */
const FAULTS = [
  { response: { refusal: 'systemError' }, probability: 0.04 },
  { response: { fault: 'CONNECTION_RESET_BY_PEER' }, probability: 0.04 / 0.96 },
  { response: { fixedDelayMilliseconds: 5000 }, probability: 0.04 / 0.92 },
  { response: { fault: 'SIGNATURE_WRONG' }, probability: 0.04 / 0.88 },
];

/** Milliseconds of a try at upstream. */
const DEADLINE = 2000;

/** Milliseconds within which all that was accepted has its URL, after the end of the faults. */
const AFTERWARDS = 300_000;

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '8000' },
    repeats: { type: 'string', default: '2000' },
    callers: { type: 'string', default: '50' },
    pace: { type: 'string', default: '300' },
    kills: { type: 'string', default: '6' },
    away: { type: 'string', default: '0' },
  },
});
const scale = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));

const folder = mkdtempSync(path.join(tmpdir(), 'coupon-media-storm-'));
const upstream = await startSandbox({ journal: { requests: 200_000, bytes: 2 ** 30 } });
const nodes = await startNodes({ folder, upstream, pace: scale.pace, deadline: DEADLINE });
try {
  process.exitCode = (await storm()) ? 0 : 1;
} finally {
  await nodes.end();
  await upstream.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function storm() {
  for (const [at, { response, probability }] of FAULTS.entries())
    upstream.faults.add({
      name: `fault ${at}`,
      priority: at + 1,
      request: { probability, seed: `${at}` },
      response,
    });
  const work = inRandomOrder(wishes());
  const wanted = new Map(work.map((image) => [keyOf(image), image]));
  /** @type {import('./callers.mjs').End[]} */
  const ends = [];
  const began = performance.now();
  const killing = new AbortController();
  const kills = killInTurn(() => ends.length / work.length, killing.signal);
  await runCallers(nodes, work, scale.callers, ends);
  const seconds = (performance.now() - began) / 1000;
  killing.abort();
  const times = await kills;
  upstream.faults.clear();
  const asked = performance.now();
  const pending = ends.filter(({ location }) => location);
  const late = await untilValues(pending);
  const settled = (performance.now() - asked) / 1000;
  // Those whose callers received an error ask again, as people do.
  /** @type {import('./callers.mjs').End[]} */
  const again = [];
  const unanswered = () => {
    const answered = keysWithValue([...ends, ...late, ...again]);
    return [...wanted].flatMap(([key, image]) => (answered.has(key) ? [] : [image]));
  };
  for (
    const until = Date.now() + AFTERWARDS;
    unanswered().length > 0 && Date.now() < until;
    await sleep(1000)
  )
    await runCallers(nodes, unanswered(), 10, again);
  const attempts = attemptsOf(upstream);
  const log = await nodes.log();
  const verdict = judge(attempts, times, readLog(log));
  const given = new Set(attempts.map(({ key, value }) => `${key} ${value}`));
  const answers = [...ends, ...late, ...again].filter(({ value }) => value);
  const wrong = answers.filter(({ image, value }) => !given.has(`${keyOf(image)} ${value}`)).length;
  const lost = wanted.size - keysWithValue(answers).size;
  const errors = ends.flatMap(({ way, error }) => (error ? [`${way}: ${error}`] : []));
  const rows = {
    requests: work.length,
    'by callers, seconds': seconds.toFixed(1),
    'URLs at once': ends.filter(({ value }) => value).length,
    'accepted for later': pending.length,
    'of these with a URL': late.filter(({ value }) => value).length,
    'seconds until then, after the faults': settled.toFixed(1),
    'errors received': counted(errors),
    'ended with neither': ends.filter(({ value, error, location }) => !value && !error && !location).length,
    'kills of nodes and engines': times.length,
    'images at upstream': verdict.images,
    'uploads at upstream': verdict.uploads,
    'further uploads after one without a verified answer': verdict.afterFault,
    'further uploads after an answer that came after the deadline of 2 s': verdict.afterDeadline,
    'further uploads after a kill': verdict.afterKill,
    'further uploads after a verified answer was recorded': verdict.afterRecord,
    'further uploads that nothing explains': verdict.unmatched.length,
    'URLs that are wrong': wrong,
    'images without a URL in the end': lost,
  };
  for (const [name, value] of Object.entries(rows)) process.stdout.write(`| ${name} | ${value} |\n`);
  for (const { key } of verdict.unmatched) {
    const own = attempts.filter((attempt) => attempt.key === key);
    const told = log.split('\n').filter((line) => line.includes(key.split(' ')[1] ?? ''));
    process.stdout.write(
      `unexplained: ${JSON.stringify(own)}\n${told.join('\n')}\n${JSON.stringify(times)}\n`,
    );
  }
  const faults = [verdict.afterRecord, verdict.unmatched.length, wrong, lost, rows['ended with neither']];
  return faults.every((count) => count === 0) && late.every(({ value }) => value);
}

function wishes() {
  const images = Array.from({ length: scale.images }, (_, number) => wishOf(number));
  const repeated = Array.from({ length: scale.repeats }, (_, number) => images[(number * 7) % images.length]);
  return [...images, ...repeated].filter((image) => image !== undefined);
}

/**
 * @template T
 * @param {T[]} list
 */
function inRandomOrder(list) {
  const key = (/** @type {number} */ at) => createHash('sha256').update(`order ${at}`).digest('hex');
  return list
    .map((item, at) => ({ item, key: key(at) }))
    .sort((one, other) => (one.key < other.key ? -1 : 1))
    .map(({ item }) => item);
}

/**
 * Kills one node after the other, evenly over the work, and starts it again two seconds later; between them, where this is asked for,
 * each engine for longer.
 * @param {() => number} done the share of the work that has ended
 * @param {AbortSignal} signal
 * @returns {Promise<import('./judge.mjs').Away[]>}
 */
async function killInTurn(done, signal) {
  const victims = Array.from({ length: scale.kills }, (_, kill) => ({
    victim: nodes.all[(kill + 1) % nodes.all.length],
    seconds: 2,
  }));
  const engines = nodes.engines.map((victim) => ({ victim, seconds: scale.away }));
  const turns = scale.away > 0 ? [...victims, ...engines] : victims;
  const times = [];
  for (const [turn, { victim, seconds }] of turns.entries()) {
    while (!signal.aborted && done() < (turn + 1) / (turns.length + 1)) await sleep(20);
    if (signal.aborted) break;
    const from = Date.now();
    await victim?.kill();
    await sleep(seconds * 1000);
    await victim?.start();
    times.push({ from, until: victim && 'url' in victim ? from : Date.now() });
  }
  return times;
}

/**
 * @param {import('./callers.mjs').End[]} pending
 * @returns {Promise<import('./callers.mjs').End[]>}
 */
async function untilValues(pending) {
  const until = Date.now() + AFTERWARDS;
  const ends = [];
  for (const end of pending) {
    let value = await valueAt(nodes, end);
    while (!value && Date.now() < until) {
      await sleep(200);
      value = await valueAt(nodes, end);
    }
    ends.push({ ...end, value });
  }
  return ends;
}

/** @param {readonly import('./callers.mjs').End[]} ends */
function keysWithValue(ends) {
  return new Set(ends.flatMap(({ image, value }) => (value ? [keyOf(image)] : [])));
}

/** @param {readonly string[]} errors */
function counted(errors) {
  const each = [...new Set(errors)].map(
    (error) => `${errors.filter((one) => one === error).length} × ${error}`,
  );
  return each.join('; ') || 'none';
}

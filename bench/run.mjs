/**
 * `npm run bench`: measures the service and the client beside what people would use instead, prints the tables, and writes them
 * into docs/PERFORMANCE.md, the targets into decision 016. Needs Linux: it reads /proc. Plain .mjs, as its processes must be
 * Node and nothing more.
 *
 *     npm run bench                             everything but the soak, and docs/PERFORMANCE.md
 *     npm run bench -- --quick                  the same, briefly; writes nothing
 *     npm run bench -- --only uploads,clients   chapters of it; --write writes those into the document
 *     npm run bench -- --only soak --write      half an hour of steady load
 *     npm run bench -- --rounds 2               fewer rounds of the interleaved measurements, to save time
 *     npm run bench -- --only growth --records 10000000   a larger store, which needs 40 GB free
 *
 * Each chapter is printed, and written, when it has been measured: what ends the run ends no chapter but its own.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createIdentity } from './identity.mjs';
import { machine } from './measure/machine.mjs';
import { LOAD_CORE, pin } from './measure/processor.mjs';
import { installPeers } from './peers.mjs';
import { full, quick } from './scale.mjs';

/** In this order: what is compared first; the engines of many nodes come last. */
const CHAPTERS = [
  'uploads',
  'clients',
  'latency',
  'cores',
  'profile',
  'memory',
  'start',
  'commands',
  'growth',
  'earlier',
  'tail',
  'images',
  'keeping',
  'overload',
  'sandbox',
  'relay',
  'nodes',
];

/** Half an hour for one table: only run by its name. */
const BY_NAME = ['soak'];

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    write: { type: 'boolean' },
    rounds: { type: 'string' },
    records: { type: 'string' },
  },
});
const chosen = options.only?.split(',') ?? CHAPTERS;
const all = [...CHAPTERS, ...BY_NAME];
const unknown = chosen.filter((name) => !all.includes(name));
if (unknown.length > 0) throw new Error(`no chapter ${unknown.join(', ')}; there are ${all.join(', ')}`);

installPeers();
// Imported only now, since they need the packages that were just installed and built.
const { sections } = await import('./report/sections.mjs');
const { writeSections } = await import('./report/documents.mjs');
const { charts } = await import('./report/charts.mjs');

const folder = fileURLToPath(new URL('.coupon-media', import.meta.url));
const began = performance.now();
const scale = options.quick ? quick : full;
/** @type {import('./scale.mjs').Bench} */
const bench = {
  scale: {
    ...scale,
    rounds: Number(options.rounds ?? scale.rounds),
    records: Number(options.records ?? scale.records),
  },
  folder,
  identity: createIdentity(),
  say: (progress) => process.stderr.write(`${minutes()}    ${progress}\n`),
};

pin(process.pid, LOAD_CORE);
/** @type {Record<string, unknown>} */
const measured = { machine: machine(fileURLToPath(new URL('.', import.meta.url))) };
for (const name of all.filter((chapter) => chosen.includes(chapter))) {
  process.stderr.write(`${minutes()} ${name}\n`);
  const { measure } = await import(`./chapters/${name}.mjs`);
  measured[name] = await measure(bench);
  report(name);
}
rmSync(folder, { recursive: true, force: true });
for (const [name, content] of sections(results())) {
  if (name === 'machine' || name === 'targets') process.stdout.write(`\n## ${name}\n\n${content}\n`);
}
process.exit();

function results() {
  return /** @type {import('./report/targets.mjs').Results} */ (measured);
}

/** @param {string} chapter what was measured last */
function report(chapter) {
  const { machine: on, [chapter]: last } = measured;
  const own = sections(
    /** @type {import('./report/targets.mjs').Results} */ ({ machine: on, [chapter]: last }),
  );
  for (const [name, content] of own) {
    if (name !== 'machine' && name !== 'targets') process.stdout.write(`\n## ${name}\n\n${content}\n`);
  }
  if (!(options.write ?? (options.only === undefined && !options.quick))) return;
  const docs = new URL('../docs/', import.meta.url);
  const { targets, others } = forDocuments(sections(results()));
  writeSections(new URL('PERFORMANCE.md', docs), others);
  writeSections(new URL('decisions/016-performance-targets.md', docs), targets);
  for (const [file, svg] of charts(results())) writeFileSync(new URL(file, docs), svg);
}

/**
 * The targets are in a decision, all other parts in the document of measurements.
 * @param {Map<string, string>} found
 */
function forDocuments(found) {
  /** @param {boolean} isTarget */
  const of = (isTarget) => new Map([...found].filter(([name]) => (name === 'targets') === isTarget));
  return { targets: of(true), others: of(false) };
}

function minutes() {
  const seconds = Math.round((performance.now() - began) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

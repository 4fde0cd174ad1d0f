/**
 * `npm run bench`: measures the service and the client beside what people would use instead, prints the tables, and writes them into
 * docs/PERFORMANCE.md. Needs Linux: it reads /proc. Plain .mjs, as its processes must be Node and nothing more.
 *
 *   npm run bench                           everything, and docs/PERFORMANCE.md
 *   npm run bench -- --quick                everything, briefly; writes nothing
 *   npm run bench -- --only uploads,clients chapters of it; --write writes those into the document
 */
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createIdentity } from './measure/identity.mjs';
import { machine } from './measure/machine.mjs';
import { LOAD_CORE, pin } from './measure/processor.mjs';
import { installPeers } from './peers.mjs';
import { full, quick } from './scale.mjs';

/** In this order: what changes fastest first, what fills the disk last. */
const CHAPTERS = ['profile', 'uploads', 'clients', 'latency', 'cores', 'memory', 'start', 'growth'];

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: CHAPTERS.join() },
    write: { type: 'boolean' },
  },
});
const chosen = options.only.split(',');
const unknown = chosen.filter((name) => !CHAPTERS.includes(name));
if (unknown.length > 0) throw new Error(`no chapter ${unknown.join(', ')}; there are ${CHAPTERS.join(', ')}`);

installPeers();
// Only now: they import what was just installed and built.
const { sections } = await import('./report/sections.mjs');
const { charts } = await import('./report/charts.mjs');
const { writeSections } = await import('./report/document.mjs');

const folder = fileURLToPath(new URL('.coupon-media', import.meta.url));
const began = performance.now();
/** @type {import('./scale.mjs').Bench} */
const bench = {
  scale: options.quick ? quick : full,
  folder,
  identity: createIdentity(),
  say: (progress) => process.stderr.write(`${minutes()}    ${progress}\n`),
};

pin(process.pid, LOAD_CORE);
/** @type {Record<string, unknown>} */
const measured = {};
for (const name of CHAPTERS.filter((chapter) => chosen.includes(chapter))) {
  process.stderr.write(`${minutes()} ${name}\n`);
  const { measure } = await import(`./chapters/${name}.mjs`);
  measured[name] = await measure(bench);
}
rmSync(folder, { recursive: true, force: true });

const results = /** @type {import('./report/sections.mjs').Results} */ ({
  machine: machine(fileURLToPath(new URL('.', import.meta.url))),
  ...measured,
});
const found = sections(results);
for (const [name, content] of found) process.stdout.write(`\n## ${name}\n\n${content}\n`);
if (options.write ?? !options.quick) {
  const docs = new URL('../docs/', import.meta.url);
  writeSections(new URL('PERFORMANCE.md', docs), found);
  for (const [file, svg] of charts(results)) writeFileSync(new URL(file, docs), svg);
  process.stderr.write(`${minutes()} docs/PERFORMANCE.md is written\n`);
}
process.exit();

function minutes() {
  const seconds = Math.round((performance.now() - began) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/**
 * Decides the pixels of the golden set by decoders that are not ours, and writes them into packages/prepare/test/golden/golden.json.
 * It needs Chromium, ImageMagick 6, heif-convert, and Python with make/requirements.txt (PYTHON names it). No test runs it.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { openChromium } from './chromium.mjs';
import { distanceAt } from './distance.mjs';
import { heifConvert, imageMagick } from './programs.mjs';

/** @typedef {import('./chromium.mjs').Drawn} Drawn */

/**
 * @typedef {object} Row
 * @property {string} file
 * @property {string} verdict keep, strip, render, or the code of a refusal
 * @property {number} [tolerance]
 * @property {string} [like] the file with the same colours, where no decoder converts those of this one
 * @property {string[]} [decidedBy] beginnings of the decoders' names, if not all can decide
 * @property {number} [width]
 * @property {number} [height]
 * @property {string[]} [by] who decided: each within the tolerance of the first one
 * @property {string} [pixels] hex, four bytes a sample, by rows
 */

const FOLDER = path.resolve(import.meta.dirname, '../../packages/prepare/test/golden');
const TABLE = path.join(FOLDER, 'golden.json');
const NO_LIMIT = 1_000_000;

const rows = /** @type {Row[]} */ (JSON.parse(readFileSync(TABLE, 'utf8')));
const chosen = process.argv.slice(2);
const magick = imageMagick();
const heif = heifConvert(magick);
const chromium = await openChromium();
const python = openPython();
if (!magick || !heif || !chromium) throw new Error('Chromium, ImageMagick and heif-convert are needed');

for (const row of rows) {
  if (!['keep', 'strip', 'render'].includes(row.verdict) || row.like) continue;
  if (chosen.length > 0 && !chosen.some((part) => row.file.includes(part))) continue;
  const file = path.join(FOLDER, 'pictures', row.file);
  const bytes = readFileSync(file);
  /** @type {[string, Drawn | undefined][]} */
  const drawn = [
    [chromium.name, await chromium.draw(bytes, NO_LIMIT)],
    [heif.name, /\.(heic|avif)$/.test(file) ? await heif.draw(bytes, NO_LIMIT) : undefined],
    [magick.name, await magick.draw(bytes, NO_LIMIT)],
    ...(await python.decode(file)),
  ];
  decide(row, drawn);
}
for (const row of rows) {
  const like = rows.find(({ file }) => file === row.like);
  if (like) Object.assign(row, { width: like.width, height: like.height, by: like.by, pixels: like.pixels });
}
await chromium.close();
python.close();
writeFileSync(TABLE, `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`);

/**
 * Takes the pixels with which most decoders agree; of equals, the first one's.
 * @param {Row} row
 * @param {[name: string, drawn: Drawn | undefined][]} all
 */
function decide(row, all) {
  const deciders = all.flatMap(([name, drawn]) => {
    const may = !row.decidedBy || row.decidedBy.some((beginning) => name.startsWith(beginning));
    return drawn && may ? [{ name, ...drawn, samples: samplesOf(drawn) }] : [];
  });
  const tolerance = Math.max(2, row.tolerance ?? 0);
  const sides = deciders.map((one) =>
    deciders.filter(
      (other) =>
        other.width === one.width &&
        other.height === one.height &&
        apart(one.samples, other.samples) <= tolerance,
    ),
  );
  const most = Math.max(0, ...sides.map((side) => side.length));
  const winner = deciders[sides.findIndex((side) => side.length === most)];
  const by = sides.find((side) => side.length === most) ?? [];
  if (!winner) {
    console.log(`${row.file}: no decoder reads it`);
    return;
  }
  const others = deciders
    .filter((one) => !by.includes(one))
    .map((one) => `${one.name} ${one.width}×${one.height} ${apart(one.samples, winner.samples).toFixed(0)}`);
  if (by.length < 2 || others.length > 0) {
    console.log(
      `${row.file}: ${by.map(({ name }) => name).join(', ')}; not ${others.join(', ') || 'another'}`,
    );
  }
  const { width, height, samples } = winner;
  const names = [winner, ...by.filter((one) => one !== winner)].map(({ name }) => name);
  Object.assign(row, { width, height, by: names, pixels: samples.toString('hex') });
}

/**
 * Eight by six samples, or six by eight of an upright picture: four in each block of the pattern.
 * @param {Drawn} drawn
 */
function samplesOf({ width, height, data }) {
  const [columns, lines] = width < height ? [6, 8] : [8, 6];
  const samples = [];
  for (let y = 0; y < lines; y++) {
    for (let x = 0; x < columns; x++) {
      const at = Math.floor(((y + 0.5) * height) / lines) * width + Math.floor(((x + 0.5) * width) / columns);
      samples.push(data.subarray(4 * at, 4 * at + 4));
    }
  }
  return Buffer.concat(samples);
}

/**
 * @param {Buffer} one
 * @param {Buffer} other
 */
function apart(one, other) {
  let most = 0;
  for (let at = 0; at < one.length; at += 4) most = Math.max(most, distanceAt(one, other, at));
  return most;
}

/** Pillow, djpeg and imagecodecs in one process. */
function openPython() {
  const child = spawn(process.env.PYTHON ?? 'python3', [path.join(FOLDER, 'make/decode.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    /**
     * @param {string} file
     * @returns {Promise<[string, Drawn][]>}
     */
    async decode(file) {
      child.stdin.write(`${file}\n`);
      const { value } = await lines.next();
      const found = /** @type {Record<string, { width: number, height: number, data: string }>} */ (
        JSON.parse(value)
      );
      return Object.entries(found).map(([name, one]) => [
        name,
        { ...one, data: Buffer.from(one.data, 'base64') },
      ]);
    },
    close: () => child.stdin.end(),
  };
}

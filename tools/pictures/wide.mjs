/**
 * `npm run pictures:wide -- FOLDER`: prepares all pictures of a folder, compares the results with what other decoders show of the sources, lists
 * the worst, and draws a contact sheet. Outside CI. It needs Chromium (CHROMIUM or PATH), ImageMagick and heif-convert; what is missing is named.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { PrepareError, prepareImage } from '@coupon-media/prepare';
import sharp from 'sharp';
import { openChromium } from './chromium.mjs';
import { compare } from './compare.mjs';
import { heifConvert, imageMagick } from './programs.mjs';
import { contactSheet } from './sheet.mjs';

/** @typedef {import('./chromium.mjs').Drawn} Drawn */
/** @typedef {import('./programs.mjs').Program} Program */

/**
 * @typedef {object} Result What became of one picture.
 * @property {string} file from the folder
 * @property {string} verdict `keep`, the codes of the changes, or the code of the refusal
 * @property {string} said the refusal's message
 * @property {Buffer | undefined} bytes what prepare made
 * @property {Seen[]} seen what others draw of the source, the worst first
 */

/**
 * @typedef {object} Seen
 * @property {string} by
 * @property {Drawn} drawn
 * @property {number} distance from prepare's result, 0 to 255; Infinity where the sizes are not alike, NaN for a refused one
 */

/** Pixels: the longest side of what is compared. A wrong colour, place or turn shows at this size, a sharper scaler does not. */
const SIDE = 64;
/** Megabytes: longer files are left out. */
const MOST_MEGABYTES = 40;
const SHOWN = 25;
/** Bytes that were kept may have slight oddities. */
const LENIENT = /** @type {const} */ ({ limitInputPixels: false, failOn: 'none' });

/** @param {string[]} argv a folder, and maybe `--out FOLDER` and `--most N` */
export async function main(argv) {
  const options = /** @type {const} */ ({ out: { type: 'string' }, most: { type: 'string' } });
  const { values, positionals } = parseArgs({ args: argv, allowPositionals: true, options });
  const [folder] = positionals;
  if (!folder) {
    console.error('usage: npm run pictures:wide -- FOLDER [--out FOLDER] [--most N]');
    process.exitCode = 2;
    return;
  }
  const to = path.resolve(values.out ?? path.join(tmpdir(), 'coupon-media-pictures'));
  await compareAll(path.resolve(folder), to, Number(values.most ?? Infinity));
}

/**
 * @param {string} from
 * @param {string} to
 * @param {number} most
 */
async function compareAll(from, to, most) {
  const chromium = await openChromium();
  const magick = imageMagick();
  const heif = heifConvert(magick);
  const missing = [
    !chromium && 'Chromium (set CHROMIUM to its program)',
    !magick && 'ImageMagick (convert or magick)',
    !heif && 'heif-convert (libheif-examples)',
  ].filter(Boolean);
  if (missing.length > 0) console.log(`not compared with, since they are missing: ${missing.join('; ')}`);
  const programs = [chromium, magick, heif].filter((program) => program !== undefined);
  if (programs.length === 0) throw new Error('there is no decoder to compare with');
  const files = picturesIn(from).slice(0, most);
  const results = [];
  for (const file of files) results.push(await examine(from, file, programs));
  await chromium?.close();
  report(results, programs);
  mkdirSync(to, { recursive: true });
  const sheet = path.join(to, 'contact-sheet.html');
  writeFileSync(sheet, await contactSheet(sorted(results)));
  console.log(`contact sheet: ${sheet}`);
}

/**
 * @param {string} folder
 * @returns {string[]} files that may be pictures, from the folder
 */
function picturesIn(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => {
      const { size } = statSync(path.join(folder, file));
      return PICTURE.test(file) && size > 0 && size < MOST_MEGABYTES * 1024 * 1024;
    })
    .sort();
}

const PICTURE = /\.(jpe?g|jpe|jfif|png|apng|bmp|dib|gif|webp|avif|avifs|tiff?|hei[cf]s?|hif)$/i;

/**
 * @param {string} folder
 * @param {string} file
 * @param {readonly Program[]} programs
 * @returns {Promise<Result>}
 */
async function examine(folder, file, programs) {
  const source = readFileSync(path.join(folder, file));
  const prepared = await prepareImage(source).catch((/** @type {unknown} */ error) => error);
  const drawn = await Promise.all(
    programs.map(async ({ name, draw }) => ({ by: name, drawn: await draw(source, SIDE) })),
  );
  const seen = drawn.flatMap(({ by, drawn }) => (drawn ? [{ by, drawn, distance: Number.NaN }] : []));
  if (prepared instanceof PrepareError) {
    return { file, verdict: prepared.code, said: prepared.message, bytes: undefined, seen };
  }
  if (prepared instanceof Error) throw new Error(`${file}: ${prepared.message}`, { cause: prepared });
  const { bytes, unchanged, changes } = /** @type {import('@coupon-media/prepare').PreparedImage} */ (
    prepared
  );
  for (const one of seen) one.distance = compare(await scaled(bytes, one.drawn), one.drawn);
  seen.sort((one, other) => other.distance - one.distance);
  return {
    file,
    verdict: unchanged ? 'keep' : changes.map(({ code }) => code).join(' '),
    said: '',
    bytes,
    seen,
  };
}

/**
 * The result at the size of what it is compared with, or at its own shape if that differs.
 * @param {Buffer} bytes
 * @param {Drawn} like
 * @returns {Promise<Drawn>}
 */
async function scaled(bytes, like) {
  const { width, height } = await sharp(bytes, LENIENT).metadata();
  const scale = Math.min(1, SIDE / Math.max(width, height));
  const size = {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
  const near = Math.abs(size.width - like.width) <= 1 && Math.abs(size.height - like.height) <= 1;
  const { width: across, height: down } = near ? like : size;
  const pipeline = sharp(bytes, LENIENT).resize({
    width: across,
    height: down,
    fit: 'fill',
  });
  const { data } = await pipeline
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: across, height: down, data };
}

/** @param {Result[]} results */
function sorted(results) {
  const worst = (/** @type {Result} */ { seen, bytes }) => (bytes ? least(seen) : seen.length);
  const made = results.filter(({ bytes }) => bytes).sort((one, other) => worst(other) - worst(one));
  const refused = results.filter(({ bytes }) => !bytes).sort((one, other) => worst(other) - worst(one));
  return [...made, ...refused];
}

/**
 * What speaks against us is that all others differ: where they disagree among themselves, the nearest counts.
 * @param {readonly Seen[]} seen
 */
function least(seen) {
  return seen.length > 0 ? Math.min(...seen.map(({ distance }) => distance)) : 0;
}

/**
 * @param {Result[]} results
 * @param {readonly Program[]} programs
 */
function report(results, programs) {
  const made = sorted(results.filter(({ bytes }) => bytes));
  const refused = results.filter(({ bytes }) => !bytes);
  console.log(`${results.length} pictures, compared with ${programs.map(({ name }) => name).join(', ')}`);
  const kept = made.filter(({ verdict }) => verdict === 'keep').length;
  console.log(
    `${kept} kept, ${made.length - kept} changed, ${refused.length} refused; distance from the nearest decoder:`,
  );
  for (const [from, to] of [
    [0, 4],
    [4, 8],
    [8, 16],
    [16, 32],
    [32, 64],
    [64, Infinity],
  ]) {
    const count = made.filter(
      ({ seen }) => least(seen) >= (from ?? 0) && (least(seen) < (to ?? 0) || least(seen) === to),
    ).length;
    console.log(`  ${String(from).padStart(2)} to ${to}: ${count}`);
  }
  console.log('the worst:');
  for (const { file, verdict, seen } of made.slice(0, SHOWN)) {
    const distances = seen.map(({ by, distance }) => `${by} ${distance.toFixed(0)}`).join(', ');
    console.log(`  ${file}: ${distances || 'nobody else reads it'} (${verdict})`);
  }
  console.log('refused, although others draw them:');
  for (const { file, said, seen } of refused.filter(({ seen }) => seen.length > 0)) {
    console.log(`  ${file}: ${said} (${seen.map(({ by }) => by).join(', ')})`);
  }
}

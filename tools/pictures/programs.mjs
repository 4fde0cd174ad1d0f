/** Draws pictures with ImageMagick and heif-convert, each in a process of its own. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';

/** @typedef {import('./chromium.mjs').Drawn} Drawn */

/**
 * @typedef {object} Program
 * @property {string} name with its version
 * @property {(bytes: Uint8Array, side: number) => Promise<Drawn | undefined>} draw undefined if it does not read the picture
 */

const run = promisify(execFile);
const LIMITS = { timeout: 60_000, maxBuffer: 1024 * 1024 * 1024, encoding: /** @type {const} */ ('buffer') };

/**
 * ImageMagick 6 or 7: upright, in sRGB by its profile, the first frame on its screen.
 * @returns {Program | undefined} undefined if it is missing
 */
export function imageMagick() {
  const command = ['magick', 'convert'].find((name) =>
    versionOf(name, ['-version'], /^Version: ImageMagick/),
  );
  if (!command) return undefined;
  const version = versionOf(command, ['-version'], /ImageMagick (\d+\.\d+\.\d+)/);
  return {
    name: `ImageMagick ${version}`,
    draw: (bytes, side) =>
      inFolder(bytes, async (file, folder) => {
        const profile = path.join(folder, 'srgb.icc');
        await writeFile(profile, await srgbProfile());
        const [frame, sized] = [`${file}[0]`, ['-resize', `${side}x${side}>`]];
        const toSrgb = ['-colorspace', 'sRGB', '-profile', profile];
        const convert = ['-auto-orient', ...toSrgb, ...sized, '-depth', '8'];
        const { stdout } = await run(command, [frame, '-coalesce', ...convert, 'pam:-'], LIMITS);
        return readPam(stdout);
      }),
  };
}

/**
 * heif-convert of libheif, for HEIC and AVIF. It turns and crops as the properties say.
 * @param {Program | undefined} reader reads the PNG that it writes
 * @returns {Program | undefined} undefined if it is missing
 */
export function heifConvert(reader) {
  const version = versionOf('heif-convert', ['--help'], /libheif version: ([\d.]+)/);
  if (!version || !reader) return undefined;
  return {
    name: `heif-convert ${version}`,
    draw: (bytes, side) =>
      inFolder(bytes, async (file, folder) => {
        const png = path.join(folder, 'out.png');
        await run('heif-convert', [file, png], LIMITS);
        // Of several images it writes the main one, or numbers them.
        const made = await readFile(png).catch(() => readFile(path.join(folder, 'out-1.png')));
        return reader.draw(made, side);
      }),
  };
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {RegExp} form
 */
function versionOf(command, args, form) {
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  const found = form.exec(`${stdout ?? ''}${stderr ?? ''}`);
  return found?.[1] ?? found?.[0];
}

/**
 * @param {Uint8Array} bytes
 * @param {(file: string, folder: string) => Promise<Drawn | undefined>} work
 */
async function inFolder(bytes, work) {
  const folder = await mkdtemp(path.join(tmpdir(), 'picture-'));
  try {
    const file = path.join(folder, 'in');
    await writeFile(file, bytes);
    return await work(file, folder);
  } catch {
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** libvips' own profile of sRGB. */
async function srgbProfile() {
  const pixel = sharp({ create: { width: 1, height: 1, channels: 3, background: 'white' } });
  const { icc } = await sharp(await pixel.withIccProfile('srgb').png().toBuffer()).metadata();
  return icc ?? Buffer.alloc(0);
}

/**
 * A PAM has a short text, then samples; those of 8 bits are bytes.
 * @param {Buffer} pam
 * @returns {Drawn | undefined}
 */
function readPam(pam) {
  const end = pam.indexOf('ENDHDR\n');
  const head = Object.fromEntries(
    pam
      .toString('latin1', 0, end)
      .split('\n')
      .map((line) => line.split(' ')),
  );
  const [width, height, depth] = [head.WIDTH, head.HEIGHT, head.DEPTH].map(Number);
  if (!width || !height || !depth || end < 0 || Number(head.MAXVAL) > 255) return undefined;
  const full = 255 / Number(head.MAXVAL);
  const samples = pam.subarray(end + 7);
  const data = Buffer.alloc(width * height * 4, 255);
  const [colours, alpha] = depth > 2 ? [3, depth === 4] : [1, depth === 2];
  for (let at = 0; at < width * height; at++) {
    for (let channel = 0; channel < 3; channel++) {
      data[4 * at + channel] = Math.round((samples[depth * at + (colours === 3 ? channel : 0)] ?? 0) * full);
    }
    if (alpha) data[4 * at + 3] = Math.round((samples[depth * at + colours] ?? 0) * full);
  }
  return { width, height, data };
}

import { readdirSync, readFileSync } from 'node:fs';
import { type PreparedImage, PrepareError, prepareImage } from '@coupon-media/prepare';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { distanceAt } from '../../../tools/pictures/distance.mjs';

/** What is right for a picture; how it was decided stands in golden/README.md. */
interface Row {
  file: string;
  about: string;
  /** The way through prepare, or the code of the refusal. */
  verdict: 'keep' | 'strip' | 'render' | (string & {});
  changes?: string[];
  width?: number;
  height?: number;
  /** The largest distance of a sample, 0 to 255. */
  tolerance?: number;
  /** The decoders that decided. */
  by?: string[];
  /** In hex: red, green, blue and straight alpha of each sample, by rows. */
  pixels?: string;
  /** A part of the refusal's English message. */
  says?: string;
}

const WAYS = ['keep', 'strip', 'render'];
const folder = new URL('golden/', import.meta.url);
const rows = JSON.parse(readFileSync(new URL('golden.json', folder), 'utf8')) as Row[];
const read = ({ file }: Row) => readFileSync(new URL(`pictures/${file}`, folder));
const drawn = rows.filter(({ verdict }) => WAYS.includes(verdict));
const refused = rows.filter(({ verdict }) => !WAYS.includes(verdict));

/** The samples of an image: eight by six, or six by eight of an upright one, in the middle of equal parts. */
async function samplesOf(bytes: Uint8Array): Promise<Uint8Array> {
  // Slight oddities that stay in bytes that were kept are no failures.
  const whole = sharp(bytes, { failOn: 'error' }).ensureAlpha().raw();
  const { data, info } = await whole.toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const [columns, lines] = width < height ? [6, 8] : [8, 6];
  return Uint8Array.from(
    Array.from({ length: columns * lines }, (_, index) => {
      const x = Math.floor((((index % columns) + 0.5) * width) / columns);
      const y = Math.floor(((Math.floor(index / columns) + 0.5) * height) / lines);
      return [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4)];
    }).flat(),
  );
}

function wayOf({ unchanged, changes }: PreparedImage): string {
  if (unchanged) return 'keep';
  return changes.some(({ code }) => code === 'RECOMPRESSED' || code === 'CONVERTED') ? 'render' : 'strip';
}

const distances: [file: string, distance: number, tolerance: number][] = [];

describe('as other decoders see it', () => {
  it.each(drawn)('$file: $about', async (row) => {
    const prepared = await prepareImage(read(row));
    const { width, height, changes } = prepared;
    expect({ way: wayOf(prepared), changes: changes.map(({ code }) => code), width, height }).toEqual({
      way: row.verdict,
      changes: row.changes,
      width: row.width,
      height: row.height,
    });
    const [expected, found] = [Buffer.from(row.pixels ?? '', 'hex'), await samplesOf(prepared.bytes)];
    expect(found).toHaveLength(expected.length);
    const starts = Array.from({ length: expected.length / 4 }, (_, index) => 4 * index);
    const distance = Math.max(...starts.map((at) => distanceAt(expected, found, at)));
    distances.push([row.file, distance, row.tolerance ?? 0]);
    expect(distance).toBeLessThanOrEqual(row.tolerance ?? 0);
  });
});

describe('refused by name', () => {
  it.each(refused)('$file: $about', async (row) => {
    const error: unknown = await prepareImage(read(row)).catch((caught: unknown) => caught);
    if (!(error instanceof PrepareError)) throw new Error('it was prepared');
    expect(error.code).toBe(row.verdict);
    expect(error.explain('en').message).toContain(row.says ?? '');
    expect(error.explain('zh-CN').message).toMatch(/[\u4e00-\u9fff]/);
  });
});

it('is at least 150 pictures in at most 3 MB, each with a row', () => {
  const files = readdirSync(new URL('pictures/', folder));
  expect(rows.map(({ file }) => file).sort()).toEqual(files.sort());
  expect(files.length).toBeGreaterThanOrEqual(150);
  expect(rows.reduce((sum, row) => sum + read(row).length, 0)).toBeLessThanOrEqual(3_000_000);
});

afterAll(() => {
  const [worst] = distances.sort(([, one], [, other]) => other - one);
  if (worst)
    console.log(
      `golden set: ${drawn.length} drawn, ${refused.length} refused; worst distance ${worst[1].toFixed(1)} (${worst[0]})`,
    );
});

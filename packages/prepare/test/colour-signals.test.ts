import { describe, expect, test } from 'vitest';
import { prepareImage } from '../dist/index.js';
import { bmp, pngChunk, withPngChunks } from './files.js';
import { distance, quarters, type Rgba, see } from './images.js';

const MUTED: Rgba = [180, 140, 90, 255];

/** A PNG of one colour with chunks that tell what its numbers mean. */
async function told(...chunks: [type: string, content: Buffer][]): Promise<Buffer> {
  const plain = await quarters(16, 16, [MUTED, MUTED, MUTED, MUTED]).png().toBuffer();
  return withPngChunks(plain, ...chunks.map(([type, content]) => pngChunk(type, content)));
}

const uint32s = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
};
const SRGB_XY = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000] as const;
const P3_XY = [31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000] as const;

describe('colours that a PNG tells without a profile', () => {
  test.each<[string, [string, Buffer][], string, Rgba]>([
    // Computed by hand: light by the transfer function, one matrix, the curve of sRGB.
    ['cICP: Display P3', [['cICP', Buffer.from([12, 13, 0, 1])]], 'Display P3', [188, 139, 82, 255]],
    [
      'cICP before sRGB',
      [
        ['cICP', Buffer.from([12, 13, 0, 1])],
        ['sRGB', Buffer.from([0])],
      ],
      'Display P3',
      [188, 139, 82, 255],
    ],
    ['cICP: linear', [['cICP', Buffer.from([1, 8, 0, 1])]], 'BT.709 linear', [218, 195, 160, 255]],
    ['gAMA: linear', [['gAMA', uint32s(100000)]], 'gAMA', [218, 195, 160, 255]],
    [
      'gAMA and cHRM: P3',
      [
        ['gAMA', uint32s(45455)],
        ['cHRM', uint32s(...P3_XY)],
      ],
      'gAMA, cHRM',
      [188, 139, 82, 255],
    ],
  ])('%s', async (_, chunks, from, colour) => {
    const made = await prepareImage(await told(...chunks));
    expect(made.changes[0]).toEqual({ code: 'COLOURS_CONVERTED', values: { from } });
    expect(distance((await see(made.bytes)).at(8, 8), colour)).toBeLessThanOrEqual(2);
  });

  test.each<[string, [string, Buffer][]]>([
    [
      'gAMA and cHRM of sRGB, as many programs write them',
      [
        ['gAMA', uint32s(45455)],
        ['cHRM', uint32s(...SRGB_XY)],
      ],
    ],
    ['cHRM alone, which browsers do not take', [['cHRM', uint32s(...P3_XY)]]],
    ['cICP of sRGB', [['cICP', Buffer.from([1, 13, 0, 1])]]],
    ['the transfer function of BT.709', [['cICP', Buffer.from([1, 1, 0, 1])]]],
    [
      'gAMA behind sRGB',
      [
        ['sRGB', Buffer.from([0])],
        ['gAMA', uint32s(100000)],
      ],
    ],
    [
      'nonsense',
      [
        ['gAMA', uint32s(0)],
        ['cHRM', uint32s(0, 0, 0, 0, 0, 0, 0, 0)],
      ],
    ],
  ])('%s: the file is left alone', async (_, chunks) => {
    expect(await prepareImage(await told(...chunks))).toMatchObject({
      unchanged: true,
      source: { srgb: true },
    });
  });

  test('cICP of limited range: 16 is black, and 235 is white', async () => {
    const dark: Rgba = [16, 16, 16, 255];
    const light: Rgba = [235, 235, 235, 255];
    const plain = await quarters(16, 16, [dark, light, dark, light]).png().toBuffer();
    const made = await prepareImage(withPngChunks(plain, pngChunk('cICP', Buffer.from([1, 13, 0, 0]))));
    const seen = await see(made.bytes);
    expect(seen.at(4, 4)).toEqual([0, 0, 0, 255]);
    expect(seen.at(12, 4)).toEqual([255, 255, 255, 255]);
  });

  test('HLG is tone-mapped: its reference white becomes half of the light, as for PQ', async () => {
    const white: Rgba = [191, 191, 191, 255]; // 0.75 of HLG is 203 nits
    const plain = await quarters(16, 16, [white, white, white, white]).png().toBuffer();
    const made = await prepareImage(withPngChunks(plain, pngChunk('cICP', Buffer.from([9, 18, 0, 1]))));
    expect(made.changes[0]).toEqual({ code: 'COLOURS_CONVERTED', values: { from: 'BT.2020 HLG (HDR)' } });
    expect(distance((await see(made.bytes)).at(8, 8), [188, 188, 188, 255])).toBeLessThanOrEqual(2);
  });
});

test('BMP version 4 with the end points of Display P3', async () => {
  const header = Buffer.alloc(68);
  const xyz = [0.4866, 0.229, 0, 0.2657, 0.6917, 0.0451, 0.1982, 0.0793, 1.0439];
  for (const [index, value] of xyz.entries())
    header.writeUInt32LE(Math.round(value * 2 ** 30), 20 + 4 * index);
  for (const at of [56, 60, 64]) header.writeUInt32LE(Math.round(2.2 * 65536), at);
  const file = bmp({ width: 1, height: 1, bits: 24 }, header, Buffer.from([90, 140, 180, 0]));
  file.writeUInt32LE(108, 14);
  const made = await prepareImage(file);
  expect(made.changes[0]).toMatchObject({ code: 'COLOURS_CONVERTED' });
  expect(distance((await see(made.bytes)).at(0, 0), [188, 139, 82, 255])).toBeLessThanOrEqual(2);
});

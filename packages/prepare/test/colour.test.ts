import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { prepareImage } from '../dist/index.js';
import { matrixProfile, withPngProfile } from './files.js';
import { distance, GREEN, quarters, RED, type Rgba, see } from './images.js';

/** Adobe RGB (1998): its primaries under D50, and its gamma. */
const ADOBE_RGB = matrixProfile(
  'Adobe RGB (1998)',
  [
    [0.60974, 0.31111, 0.01947],
    [0.20528, 0.62567, 0.06087],
    [0.14919, 0.06322, 0.74457],
  ],
  563 / 256,
);
const SRGB = matrixProfile(
  'sRGB IEC61966-2.1',
  [
    [0.43607, 0.22249, 0.01392],
    [0.38515, 0.71687, 0.09708],
    [0.14307, 0.06061, 0.7141],
  ],
  2.2,
);

/** The published conversion, by hand: linear light, one matrix (Adobe RGB to XYZ to sRGB, both D65), sRGB's curve. */
function adobeToSrgb([red, green, blue]: Rgba): Rgba {
  const [r, g, b] = [red, green, blue].map((value) => (value / 255) ** (563 / 256)) as [
    number,
    number,
    number,
  ];
  const linear = [1.39836 * r - 0.39836 * g, g, -0.04293 * g + 1.04293 * b];
  const encoded = linear.map((value) => {
    const bounded = Math.min(Math.max(value, 0), 1);
    return Math.round(255 * (bounded <= 0.0031308 ? 12.92 * bounded : 1.055 * bounded ** (1 / 2.4) - 0.055));
  });
  return [encoded[0] ?? 0, encoded[1] ?? 0, encoded[2] ?? 0, 255];
}

describe('colours become sRGB', () => {
  test('of Adobe RGB, as the standard computes it', async () => {
    const muted: Rgba = [180, 140, 90, 255];
    const source = withPngProfile(
      await quarters(64, 64, [muted, muted, muted, muted]).png().toBuffer(),
      ADOBE_RGB,
    );
    const made = await prepareImage(source);
    expect(made.changes[0]).toEqual({ code: 'COLOURS_CONVERTED', values: { from: 'Adobe RGB (1998)' } });
    const seen = (await see(made.bytes)).at(32, 32);
    expect(distance(seen, adobeToSrgb(muted))).toBeLessThanOrEqual(2);
    expect(distance(seen, muted)).toBeGreaterThan(10); // it would be visible if it were left out
    expect((await sharp(made.bytes).metadata()).hasProfile).toBe(false);
  });

  test.each([
    ['PNG', async () => quarters(96, 64).withIccProfile('p3').png().toBuffer()],
    ['HEIC', async () => readFileSync(new URL('fixtures/display-p3.heic', import.meta.url))],
  ] as const)('of Display P3 in a %s', async (_, make) => {
    const source = await make();
    const made = await prepareImage(source);
    expect(made.source).toMatchObject({ colour: 'Display P3', srgb: false });
    const seen = await see(made.bytes);
    expect(distance(seen.at(8, 8), RED)).toBeLessThanOrEqual(4);
    expect(distance(seen.at(88, 8), GREEN)).toBeLessThanOrEqual(4);
  });

  test.each(['jpeg', 'tiff'] as const)('of CMYK with a profile, in a %s', async (format) => {
    const cmyk = quarters(96, 64).toColourspace('cmyk').withIccProfile('cmyk');
    const made = await prepareImage(
      await (format === 'jpeg' ? cmyk.jpeg({ quality: 95 }) : cmyk.tiff({ compression: 'lzw' })).toBuffer(),
    );
    expect(made.changes[0]).toEqual({ code: 'COLOURS_CONVERTED', values: { from: 'CMYK' } });
    const seen = await see(made.bytes);
    expect(distance(seen.at(8, 8), RED)).toBeLessThanOrEqual(20);
    expect(distance(seen.at(88, 8), GREEN)).toBeLessThanOrEqual(20);
    expect(await sharp(made.bytes).metadata()).toMatchObject({
      space: 'srgb',
      channels: 3,
      hasProfile: false,
    });
  });

  test('an image with an sRGB profile is left alone', async () => {
    const source = withPngProfile(await quarters(64, 64).png().toBuffer(), SRGB);
    expect(await prepareImage(source)).toMatchObject({
      unchanged: true,
      source: { colour: 'sRGB', srgb: true },
    });
  });

  test('sixteen bits become eight when an image is rendered, and a change says so', async () => {
    const source = await sharp(await quarters(96, 64).png().toBuffer())
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    const made = await prepareImage(source, { slot: 'background' });
    expect(made.source.depth).toBe(16);
    expect(made.changes).toContainEqual({ code: 'DEPTH_REDUCED', values: { from: 16 } });
    expect((await sharp(made.bytes).metadata()).depth).toBe('uchar');
    expect(distance((await see(made.bytes)).at(100, 100), RED)).toBeLessThanOrEqual(4);
  });

  test.each(['jpeg', 'png'] as const)('grey in a %s is shown as it is', async (format) => {
    const source = await quarters(64, 64).toColourspace('b-w')[format]().toBuffer();
    expect(await prepareImage(source)).toMatchObject({ unchanged: true, source: { colour: 'grey' } });
    const drawn = await prepareImage(source, { slot: 'detail' });
    const [red, green, blue] = (await see(drawn.bytes)).at(10, 10);
    expect([green, blue]).toEqual([red, red]);
  });
});

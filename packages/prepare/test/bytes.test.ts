import { describe, expect, test } from 'vitest';
import { type Encode, encodeWithin, type Rung } from '../dist/decoder/ladder.js';
import { prepareImage } from '../dist/index.js';
import { noise, quarters } from './images.js';

const RUNGS = [92, 88, 84, 80, 75, 70].map((quality): Rung => ({ kind: 'jpg', quality })) as [
  Rung,
  ...Rung[],
];

/** An encoder with a known size: a tenth of a byte per pixel and point of quality. */
function countingEncoder(): { encode: Encode; tried: string[] } {
  const tried: string[] = [];
  const encode: Encode = async ({ quality = 0 }, { width, height }) => {
    tried.push(`${quality}@${width}x${height}`);
    return Buffer.alloc(Math.round((width * height * quality) / 1000));
  };
  return { encode, tried };
}

describe('the ladder', () => {
  const size = { width: 1000, height: 1000 };

  test.each([
    [92_000, 92, ['92']],
    [91_999, 88, ['92', '70', '80', '84', '88']],
    [83_999, 80, ['92', '70', '80', '84']],
    [79_999, 75, ['92', '70', '80', '75']],
    [74_999, 70, ['92', '70', '80', '75']],
  ])('%i bytes: quality %i, the best that fits', async (maxBytes, quality, tried) => {
    const counting = countingEncoder();
    const { rung, width, bytes } = await encodeWithin(maxBytes, RUNGS, size, true, counting.encode);
    expect([rung.quality, width]).toEqual([quality, 1000]);
    expect(bytes.length).toBeLessThanOrEqual(maxBytes);
    expect(new Set(counting.tried)).toEqual(new Set(tried.map((one) => `${one}@1000x1000`)));
  });

  test('below the last quality the size goes down, no further than it must', async () => {
    const { encode, tried } = countingEncoder();
    const made = await encodeWithin(50_000, RUNGS, size, true, encode);
    expect(made.rung.quality).toBe(70);
    expect(made.width).toBe(made.height);
    expect(made.bytes.length).toBeLessThanOrEqual(50_000);
    expect(made.bytes.length).toBeGreaterThan(45_000);
    expect(tried.length).toBeLessThanOrEqual(4);
  });

  test('what quality cannot bridge is made smaller first', async () => {
    const { encode, tried } = countingEncoder();
    const made = await encodeWithin(10_000, RUNGS, size, true, encode);
    expect(tried[1]).toMatch(/^92@6/);
    expect(made.bytes.length).toBeLessThanOrEqual(10_000);
    expect(made.width).toBeGreaterThanOrEqual(240);
  });

  test.each([
    ['at the floor', true, 240],
    ['at once where the size may not be given up', false, 1000],
  ])('it refuses %s, with the least that was reached', async (_, shrinkable, side) => {
    const { encode } = countingEncoder();
    await expect(encodeWithin(4_000, RUNGS, size, shrinkable, encode)).rejects.toMatchObject({
      code: 'CANNOT_FIT',
      values: {
        limit: 4_000,
        bytes: Math.round((side * side * 70) / 1000),
        width: side,
        height: side,
        kind: 'JPG',
      },
    });
  });

  test('an image smaller than the floor is not made smaller', async () => {
    const { encode } = countingEncoder();
    const small = { width: 200, height: 100 };
    await expect(encodeWithin(1_000, RUNGS, small, true, encode)).rejects.toMatchObject({
      values: { width: 200 },
    });
  });
});

describe('real images within the bytes', () => {
  test('noise in the largest slot keeps under two million bytes by quality alone', async () => {
    const made = await prepareImage(await noise(1170, 1326).png().toBuffer(), { slot: 'background' });
    expect(made).toMatchObject({ kind: 'jpg', width: 1170, height: 1326 });
    expect(made.bytes.length).toBeLessThan(2_000_000);
    expect(made.changes.map(({ code }) => code)).toEqual(['CONVERTED', 'QUALITY_REDUCED']);
  });

  test('noise in an icon does so by colours', async () => {
    const made = await prepareImage(await noise(1000, 1000).png().toBuffer(), { slot: 'icon' });
    expect(made.bytes.length).toBeLessThan(2_000_000);
    expect(made.changes).toContainEqual({ code: 'COLOURS_REDUCED', values: { colours: 256 } });
  });

  test('without a slot size goes down after quality', async () => {
    const source = await noise(1500, 1000).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
    const made = await prepareImage(source, { maxBytes: 300_000 });
    expect(made.changes.map(({ code }) => code)).toEqual([
      'RECOMPRESSED',
      'QUALITY_REDUCED',
      'SHRUNK_TO_FIT',
    ]);
    expect(made.bytes.length).toBeLessThanOrEqual(300_000);
    expect(made.width / made.height).toBeCloseTo(1.5, 1);
  });

  test('a slot is refused rather than made too small', async () => {
    const source = await noise(1170, 1326).jpeg().toBuffer();
    await expect(prepareImage(source, { slot: 'background', maxBytes: 100_000 })).rejects.toMatchObject({
      code: 'CANNOT_FIT',
      values: { limit: 100_000, width: 1170, height: 1326 },
    });
  });

  test('an exact image stays exact where it can', async () => {
    const made = await prepareImage(await quarters(1170, 1326).tiff().toBuffer(), { slot: 'background' });
    expect(made.kind).toBe('png');
    expect(made.changes.map(({ code }) => code)).toEqual(['CONVERTED']);
  });
});

import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { prepareImage } from '../dist/index.js';
import { BLUE, type Corners, distance, GREEN, quarters, RED, see, YELLOW } from './images.js';

/**
 * EXIF 2.3, tag 274: the sides of the upright image to which the first row and the first column of the stored image belong.
 * Here as the stored corners (by rows) for which red, green, blue and yellow are upright.
 */
const STORED: readonly [orientation: number, corners: Corners][] = [
  [1, [RED, GREEN, BLUE, YELLOW]],
  [2, [GREEN, RED, YELLOW, BLUE]],
  [3, [YELLOW, BLUE, GREEN, RED]],
  [4, [BLUE, YELLOW, RED, GREEN]],
  [5, [RED, BLUE, GREEN, YELLOW]],
  [6, [GREEN, YELLOW, RED, BLUE]],
  [7, [YELLOW, GREEN, BLUE, RED]],
  [8, [BLUE, RED, YELLOW, GREEN]],
];

const FORMATS = ['jpeg', 'png', 'webp', 'tiff'] as const;
const CASES = STORED.flatMap(([orientation, corners]) =>
  FORMATS.map((format) => ({ orientation, corners, format })),
);

async function expectUpright(bytes: Buffer): Promise<void> {
  const seen = await see(bytes);
  expect([seen.width, seen.height]).toEqual([120, 80]);
  for (const [x, y, colour] of [
    [10, 10, RED],
    [110, 10, GREEN],
    [10, 70, BLUE],
    [110, 70, YELLOW],
  ] as const) {
    expect(distance(seen.at(x, y), colour)).toBeLessThanOrEqual(12);
  }
}

describe('images are turned upright', () => {
  test.each(CASES)('EXIF orientation $orientation in $format', async ({ orientation, corners, format }) => {
    const onItsSide = orientation >= 5;
    const stored = quarters(onItsSide ? 80 : 120, onItsSide ? 120 : 80, corners).withMetadata({
      orientation,
    });
    const made = await prepareImage(await stored[format]().toBuffer());
    expect(made.source).toMatchObject({ orientation, width: 120, height: 80 });
    const turns = made.changes.filter(({ code }) => code === 'TURNED');
    expect(turns).toEqual(orientation === 1 ? [] : [{ code: 'TURNED', values: { orientation } }]);
    await expectUpright(made.bytes);
    expect((await sharp(made.bytes).metadata()).orientation).toBeUndefined();
  });

  test('a HEIC by its own box', async () => {
    const source = readFileSync(new URL('fixtures/turned.heic', import.meta.url));
    const made = await prepareImage(await source);
    const seen = await see(made.bytes);
    expect([seen.width, seen.height]).toEqual([96, 64]);
    expect(distance(seen.at(8, 8), RED)).toBeLessThanOrEqual(12);
    expect(distance(seen.at(88, 8), GREEN)).toBeLessThanOrEqual(12);
    expect(distance(seen.at(8, 56), BLUE)).toBeLessThanOrEqual(12);
    expect(distance(seen.at(88, 56), YELLOW)).toBeLessThanOrEqual(12);
  });

  test('cropping is done upright', async () => {
    const [, corners] = STORED[5] ?? [];
    const source = await quarters(1200, 2400, corners).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const made = await prepareImage(source, { slot: 'background', focus: 'left' });
    const seen = await see(made.bytes);
    expect(distance(seen.at(20, 20), RED)).toBeLessThanOrEqual(12);
    expect(distance(seen.at(1150, 1300), BLUE)).toBeLessThanOrEqual(12);
  });
});

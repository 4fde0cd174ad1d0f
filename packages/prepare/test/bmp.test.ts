import { describe, expect, test } from 'vitest';
import { prepareImage } from '../dist/index.js';
import { bmp } from './files.js';
import { type Rgba, see } from './images.js';

const RED: Rgba = [255, 0, 0, 255];
const GREEN: Rgba = [0, 255, 0, 255];
const BLUE: Rgba = [0, 0, 255, 255];
const BLACK: Rgba = [0, 0, 0, 255];

/** Red, green, blue, black; four bytes each, blue first. */
const PALETTE = Buffer.from('0000ff0000ff0000ff00000000000000', 'hex');
const PALETTE_OF_THREE = Buffer.from('0000ff00ff00ff0000000000', 'hex');
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const NOTHING = Buffer.alloc(0);

/** The masks follow a Windows 3 header. */
const masks = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4);
  return bytes;
};

/** Each image is 2 × 2, red and green above blue and black. Rows start at the bottom and are padded to four bytes. */
const CASES: readonly [string, Buffer][] = [
  ['4 bits', bmp({ width: 2, height: 2, bits: 4 }, PALETTE, hex('23000000 01000000'))],
  ['8 bits', bmp({ width: 2, height: 2, bits: 8 }, PALETTE, hex('02030000 00010000'))],
  [
    '8 bits, OS/2',
    bmp({ width: 2, height: 2, bits: 8, size: 12 }, PALETTE_OF_THREE, hex('02030000 00010000')),
  ],
  ['8 bits, from the top down', bmp({ width: 2, height: -2, bits: 8 }, PALETTE, hex('00010000 02030000'))],
  ['16 bits, 5-5-5', bmp({ width: 2, height: 2, bits: 16 }, NOTHING, hex('1f000000 007ce003'))],
  [
    '16 bits, 5-6-5',
    bmp(
      { width: 2, height: 2, bits: 16, compression: 3 },
      masks(0xf800, 0x07e0, 0x001f),
      hex('1f000000 00f8e007'),
    ),
  ],
  ['24 bits', bmp({ width: 2, height: 2, bits: 24 }, NOTHING, hex('ff0000 000000 0000 0000ff 00ff00 0000'))],
  [
    '24 bits, OS/2',
    bmp({ width: 2, height: 2, bits: 24, size: 12 }, NOTHING, hex('ff0000 000000 0000 0000ff 00ff00 0000')),
  ],
  [
    '32 bits, alpha meaning nothing',
    bmp({ width: 2, height: 2, bits: 32 }, NOTHING, hex('ff000000 00000000 0000ff00 00ff0000')),
  ],
  [
    '32 bits, masks in another order',
    bmp(
      { width: 2, height: 2, bits: 32, compression: 3 },
      masks(0xff, 0xff00, 0xff0000),
      hex('0000ff00 00000000 ff000000 00ff0000'),
    ),
  ],
  [
    '32 bits, 10-10-10',
    bmp(
      { width: 2, height: 2, bits: 32, compression: 3 },
      masks(0x3ff00000, 0xffc00, 0x3ff),
      hex('ff030000 00000000 0000f03f 00fc0f00'),
    ),
  ],
  [
    'run-length, 8 bits',
    bmp({ width: 2, height: 2, bits: 8, compression: 1 }, PALETTE, hex('0102 0103 0000 0100 0101 0000 0001')),
  ],
  [
    'run-length, 4 bits',
    bmp({ width: 2, height: 2, bits: 4, compression: 2 }, PALETTE, hex('0223 0000 0201 0001')),
  ],
];

describe('BMP', () => {
  test.each(CASES)('%s', async (_, source) => {
    const seen = await see((await prepareImage(source)).bytes);
    expect([seen.at(0, 0), seen.at(1, 0), seen.at(0, 1), seen.at(1, 1)]).toEqual([RED, GREEN, BLUE, BLACK]);
  });

  test('1 bit', async () => {
    const source = bmp({ width: 2, height: 2, bits: 1 }, PALETTE.subarray(0, 8), hex('40000000 80000000'));
    const seen = await see((await prepareImage(source)).bytes);
    expect([seen.at(0, 0), seen.at(1, 0), seen.at(0, 1), seen.at(1, 1)]).toEqual([GREEN, RED, RED, GREEN]);
  });

  test('run-length with single pixels, a jump, and runs beyond the edge', async () => {
    // Bottom row: three single pixels, the last one outside. Top row: one pixel to the right, green; skipped pixels have the
    // first colour.
    const pixels = hex('0003 020303 00 0000 0002 0100 0501 0001');
    const source = bmp({ width: 2, height: 2, bits: 8, compression: 1 }, PALETTE, pixels);
    const seen = await see((await prepareImage(source)).bytes);
    expect([seen.at(0, 0), seen.at(1, 0), seen.at(0, 1), seen.at(1, 1)]).toEqual([RED, GREEN, BLUE, BLACK]);
  });

  test('32 bits with alpha that means something', async () => {
    const masked = Buffer.concat([masks(0xff0000, 0xff00, 0xff, 0xff000000), Buffer.alloc(52)]);
    const source = bmp(
      { width: 1, height: 2, bits: 32, compression: 3, size: 108 },
      NOTHING,
      hex('ff000080 0000ffff'),
    );
    masked.copy(source, 54);
    const made = await prepareImage(source);
    expect(made).toMatchObject({ kind: 'png', source: { transparent: true } });
    const seen = await see(made.bytes);
    expect([seen.at(0, 0), seen.at(0, 1)]).toEqual([RED, [0, 0, 255, 128]]);
  });

  test.each([
    [
      'a JPG inside',
      bmp({ width: 2, height: 2, bits: 24, compression: 4 }, NOTHING, Buffer.alloc(16)),
      'FORMAT_UNSUPPORTED',
    ],
    ['bits that do not exist', bmp({ width: 2, height: 2, bits: 7 }, NOTHING, Buffer.alloc(16)), 'DAMAGED'],
    ['no width', bmp({ width: 0, height: 2, bits: 24 }, NOTHING, Buffer.alloc(16)), 'DAMAGED'],
    ['a row missing', bmp({ width: 2, height: 2, bits: 24 }, NOTHING, Buffer.alloc(8)), 'DAMAGED'],
    [
      'runs that end too soon',
      bmp({ width: 2, height: 2, bits: 8, compression: 1 }, PALETTE, hex('0102')),
      'DAMAGED',
    ],
    [
      'a header cut short',
      bmp({ width: 2, height: 2, bits: 24 }, NOTHING, NOTHING).subarray(0, 30),
      'DAMAGED',
    ],
  ])('refuses %s', async (_, source, code) => {
    await expect(prepareImage(source)).rejects.toMatchObject({ code });
  });
});

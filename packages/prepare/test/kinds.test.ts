import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type ChangeCode, PrepareError, prepareImage, type SourceFormat } from '../dist/index.js';
import { distance, type Rgba, see } from './images.js';

// The right values are those of Chromium 147 and 156, and of a second decoder where one reads the kind.

const kind = (name: string): Buffer => readFileSync(new URL(`fixtures/kinds/${name}`, import.meta.url));

const RED: Rgba = [230, 20, 20, 255];
const GREEN: Rgba = [20, 200, 20, 255];
const BLUE: Rgba = [20, 20, 230, 255];
const YELLOW: Rgba = [230, 220, 20, 255];
const GONE: Rgba = [0, 0, 0, 0];
const HDR_RED: Rgba = [169, 6, 6, 255];
const HDR_GREEN: Rgba = [6, 147, 6, 255];

interface Shown {
  readonly file: string;
  readonly format: SourceFormat;
  /** Told, beside the conversion of the format. */
  readonly told: readonly ChangeCode[];
  readonly depth?: number;
  /** Colours at places of the image. */
  readonly at: readonly (readonly [x: number, y: number, colour: Rgba])[];
}

const CORNERS = [
  [4, 4, RED],
  [91, 4, GREEN],
] as const;

const SHOWN: readonly Shown[] = [
  { file: 'D02-arithmetic.jpg', format: 'jpg', told: ['CODING_CHANGED'], at: CORNERS },
  {
    file: 'D04-lossless.jpg',
    format: 'jpg',
    told: ['CODING_CHANGED'],
    at: [
      [0, 0, [0, 0, 0, 255]],
      [95, 63, [234, 234, 234, 255]],
    ],
  },
  { file: 'E21-bytes-between-segments.jpg', format: 'jpg', told: ['METADATA_REMOVED'], at: CORNERS },
  {
    file: 'D13-pq.png',
    format: 'png',
    told: ['COLOURS_CONVERTED'],
    depth: 16,
    at: [
      [4, 4, HDR_RED],
      [91, 4, HDR_GREEN],
    ],
  },
  { file: 'D23-os2-2-rle24.bmp', format: 'bmp', told: [], at: [...CORNERS, [48, 32, YELLOW]] },
  {
    file: 'D28-nclx-p3.avif',
    format: 'avif',
    told: ['COLOURS_CONVERTED'], // Green of P3 is outside sRGB.
    at: [
      [4, 4, [229, 23, 22, 255]],
      [91, 4, [8, 200, 23, 255]],
    ],
  },
  {
    file: 'D28-pq10.avif',
    format: 'avif',
    told: ['COLOURS_CONVERTED', 'DEPTH_REDUCED'],
    depth: 10,
    at: [
      [4, 4, HDR_RED],
      [91, 4, HDR_GREEN],
    ],
  },
  {
    file: 'D29-prem.avif',
    format: 'avif',
    told: [],
    at: [
      [24, 16, [231, 20, 20, 96]],
      [91, 4, GREEN],
    ],
  },
  {
    file: 'D31-small-frame.gif',
    format: 'gif',
    told: [],
    at: [
      [0, 0, GONE],
      [48, 32, BLUE],
      [95, 63, GONE],
    ],
  },
  {
    file: 'E25-grey-limited.avif',
    format: 'avif',
    told: [],
    at: [
      [4, 4, [0, 0, 0, 255]],
      [91, 4, [255, 255, 255, 255]],
    ],
  },
  { file: 'E26-sequence.avif', format: 'avif', told: ['FRAMES_DROPPED'], at: CORNERS },
  { file: 'F01-mif1-only.heic', format: 'heic', told: [], at: CORNERS },
  {
    file: 'palette-pixel-offset-54.bmp',
    format: 'bmp',
    told: [],
    at: [
      [0, 0, [0, 0, 255, 255]],
      [4, 4, [0, 0, 255, 255]],
      [7, 7, [255, 0, 0, 255]],
    ],
  },
];

describe('kinds that decoders read in different ways come out as viewers show them', () => {
  test.each(SHOWN)('$file', async ({ file, format, told, depth = 8, at }) => {
    const made = await prepareImage(kind(file));
    expect(made.source).toMatchObject({ format, depth });
    expect(made.changes.map(({ code }) => code)).toEqual(expect.arrayContaining([...told]));
    const seen = await see(made.bytes);
    for (const [x, y, colour] of at)
      expect([x, y, distance(seen.at(x, y), colour)]).toEqual([
        x,
        y,
        expect.toSatisfy((far: number) => far <= 3),
      ]);
  });

  test('a revision of JFIF that nobody knows harms nothing: the file is left alone', async () => {
    expect(await prepareImage(kind('E01-jfif-2.jpg'))).toMatchObject({ unchanged: true });
  });

  test('a revision of JFIF that nobody knows does not hide that the image is cut short', async () => {
    const bytes = kind('E01-jfif-2.jpg');
    const error = await prepareImage(bytes.subarray(0, bytes.length - 40)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'DAMAGED', values: { reason: { en: 'the file is cut short' } } });
  });

  test('a missing end alone harms nothing, but the file is not left alone', async () => {
    const whole = kind('E21-bytes-between-segments.jpg');
    const made = await prepareImage(whole.subarray(0, whole.length - 2));
    expect(made).toMatchObject({ unchanged: false, kind: 'jpg' });
    expect(distance((await see(made.bytes)).at(91, 4), GREEN)).toBeLessThanOrEqual(3);
  });
});

describe('kinds that cannot be prepared are refused by their name', () => {
  test.each([
    ['D03-12bit.jpg', '每通道 12 位的 JPG', 'a JPG of 12 bits a channel', /8 bits a channel/],
    ['D12-cgbi.png', '为 iOS 优化的 PNG（CgBI）', 'a PNG made for iOS apps (CgBI)', /^Use the original/],
  ])('%s', async (file, chinese, english, remedy) => {
    const error = await prepareImage(kind(file)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'FORMAT_UNSUPPORTED' });
    if (!(error instanceof PrepareError)) throw error;
    expect(error.explain('zh-CN').message).toBe(`不支持的图片：${chinese}。`);
    expect(error.explain('en').message).toBe(`This image cannot be prepared: ${english}.`);
    expect(error.explain('en').remedy).toMatch(remedy);
  });
});

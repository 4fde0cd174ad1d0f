import { describe, expect, test } from 'vitest';
import { PrepareError, prepareImage } from '../dist/index.js';
import { TIFF_DATA, tiff } from './files.js';
import { distance, type Rgba, see } from './images.js';

const UNSIGNED = 1;
const SIGNED = 2;
const FLOAT = 3;

interface Kind {
  readonly photometric: number;
  readonly bits: number;
  readonly samples: number;
  readonly sampleFormat?: number;
  readonly extra?: readonly [tag: number, type: number, value: number][];
}

/** A TIFF of two by two pixels, each with the same samples. `BitsPerSample` and `SampleFormat` stand before the pixels. */
function of(
  { photometric, bits, samples, sampleFormat = UNSIGNED, extra = [] }: Kind,
  pixel: Buffer,
): Buffer {
  const words = Buffer.alloc(4 * samples);
  for (let at = 0; at < samples; at++) words.writeUInt16LE(bits, 2 * at);
  for (let at = 0; at < samples; at++) words.writeUInt16LE(sampleFormat, 2 * (samples + at));
  const pixels = Buffer.concat([pixel, pixel, pixel, pixel]);
  const several = samples > 2;
  return tiff(
    [
      [256, 3, 2],
      [257, 3, 2],
      several ? [258, 3, TIFF_DATA, samples] : [258, 3, samples === 2 ? bits * 0x10001 : bits, samples],
      [259, 3, 1],
      [262, 3, photometric],
      [273, 4, TIFF_DATA + words.length],
      [277, 3, samples],
      [278, 3, 2],
      [279, 4, pixels.length],
      ...extra,
      several
        ? [339, 3, TIFF_DATA + 2 * samples, samples]
        : [339, 3, samples === 2 ? sampleFormat * 0x10001 : sampleFormat, samples],
    ],
    Buffer.concat([words, pixels]),
  );
}

const shorts = (...values: number[]): Buffer => Buffer.from(Uint16Array.from(values).buffer);
const floats = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);

describe('kinds of TIFF that are read', () => {
  test.each<[string, Kind, Buffer, Rgba]>([
    ['grey of 8 bits', { photometric: 1, bits: 8, samples: 1 }, Buffer.from([90]), [90, 90, 90, 255]],
    [
      'grey whose white is 0',
      { photometric: 0, bits: 8, samples: 1 },
      Buffer.from([90]),
      [165, 165, 165, 255],
    ],
    ['grey of 16 bits', { photometric: 1, bits: 16, samples: 1 }, shorts(90 * 257), [90, 90, 90, 255]],
    [
      'RGB of 16 bits',
      { photometric: 2, bits: 16, samples: 3 },
      shorts(230 * 257, 20 * 257, 40 * 257),
      [230, 20, 40, 255],
    ],
    [
      'linear RGB floats',
      { photometric: 2, bits: 32, samples: 3, sampleFormat: FLOAT },
      floats(1, 0.2158605, 0),
      [255, 128, 0, 255],
    ],
    [
      'premultiplied alpha',
      { photometric: 2, bits: 8, samples: 4, extra: [[338, 3, 1]] },
      Buffer.from([115, 10, 20, 128]),
      [229, 19, 39, 128],
    ],
    [
      'a fourth sample that is not said to be alpha',
      { photometric: 2, bits: 8, samples: 4, extra: [[338, 3, 0]] },
      Buffer.from([230, 20, 40, 128]),
      [230, 20, 40, 255],
    ],
    [
      'a fourth sample of 16 bits that is not said to be alpha',
      { photometric: 2, bits: 16, samples: 4, extra: [[338, 3, 0]] },
      shorts(230 * 257, 20 * 257, 40 * 257, 0),
      [230, 20, 40, 255],
    ],
    ['Lab of 16 bits', { photometric: 8, bits: 16, samples: 3 }, shorts(32768, 0, 0), [119, 119, 119, 255]],
  ])('%s', async (_, kind, pixel, colour) => {
    const seen = await see((await prepareImage(of(kind, pixel))).bytes);
    expect(distance(seen.at(1, 1), colour)).toBeLessThanOrEqual(1);
  });
});

describe('kinds of TIFF that libvips reads wrongly or not at all', () => {
  test.each<[string, string, Kind]>([
    [
      '32-bit floats in grey',
      '灰度、32 位浮点数',
      { photometric: 1, bits: 32, samples: 1, sampleFormat: FLOAT },
    ],
    [
      '16-bit floats in RGB',
      'RGB、16 位浮点数',
      { photometric: 2, bits: 16, samples: 3, sampleFormat: FLOAT },
    ],
    [
      '64-bit floats in RGB',
      'RGB、64 位浮点数',
      { photometric: 2, bits: 64, samples: 3, sampleFormat: FLOAT },
    ],
    [
      '8-bit signed integers in grey',
      '灰度、8 位有符号整数',
      { photometric: 1, bits: 8, samples: 1, sampleFormat: SIGNED },
    ],
    [
      '16-bit signed integers in grey',
      '灰度、16 位有符号整数',
      { photometric: 1, bits: 16, samples: 1, sampleFormat: SIGNED },
    ],
    [
      '16-bit signed integers in RGB',
      'RGB、16 位有符号整数',
      { photometric: 2, bits: 16, samples: 3, sampleFormat: SIGNED },
    ],
    ['32 bits a channel in RGB', 'RGB、每通道 32 位', { photometric: 2, bits: 32, samples: 3 }],
    ['32 bits a channel in grey', '灰度、每通道 32 位', { photometric: 1, bits: 32, samples: 1 }],
    ['12 bits a channel in RGB', 'RGB、每通道 12 位', { photometric: 2, bits: 12, samples: 3 }],
    ['12 bits a channel in grey', '灰度、每通道 12 位', { photometric: 1, bits: 12, samples: 1 }],
    ['4 bits a channel in RGB', 'RGB、每通道 4 位', { photometric: 2, bits: 4, samples: 3 }],
    [
      '1 bits a channel in a transparency mask',
      '透明蒙版、每通道 1 位',
      { photometric: 4, bits: 1, samples: 1 },
    ],
    ['8 bits a channel in YCbCr', 'YCbCr、每通道 8 位', { photometric: 6, bits: 8, samples: 3 }],
    ['8 bits a channel in Lab', 'Lab、每通道 8 位', { photometric: 8, bits: 8, samples: 3 }],
    ['8 bits a channel in ICC Lab', 'ICC Lab、每通道 8 位', { photometric: 9, bits: 8, samples: 3 }],
    ['16 bits a channel in LogLuv', 'LogLuv、每通道 16 位', { photometric: 32845, bits: 16, samples: 3 }],
    [
      '8 bits a channel in spot colours',
      '专色、每通道 8 位',
      { photometric: 5, bits: 8, samples: 4, extra: [[332, 3, 2]] },
    ],
  ])('%s', async (english, chinese, kind) => {
    const pixel = Buffer.alloc(Math.ceil((kind.bits * kind.samples) / 8), 0x55);
    const error = await prepareImage(of(kind, pixel)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'FORMAT_UNSUPPORTED' });
    if (!(error instanceof PrepareError)) throw error;
    expect(error.explain('en').message).toBe(`This image cannot be prepared: TIFF with ${english}.`);
    expect(error.explain('zh-CN').message).toBe(`不支持的图片：TIFF（${chinese}）。`);
    expect(error.explain('zh-CN').remedy).toContain('每通道 8 位');
  });

  test.each([
    [6, 'old-style JPEG'],
    [34712, 'JPEG 2000'],
    [34887, 'LERC'],
  ])('compression %i: %s', async (compression, name) => {
    const plain = of({ photometric: 2, bits: 8, samples: 3 }, Buffer.from([1, 2, 3]));
    const at = plain.indexOf(Buffer.from([0x03, 0x01, 3, 0, 1, 0, 0, 0])) + 8;
    plain.writeUInt16LE(compression, at);
    await expect(prepareImage(plain)).rejects.toMatchObject({
      code: 'FORMAT_UNSUPPORTED',
      values: { found: { en: `TIFF with ${name} compression` } },
    });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import {
  type Change,
  describeChange,
  PrepareError,
  type PrepareErrorCode,
  prepareImage,
} from '../dist/index.js';
import { suggestFilename } from '../dist/prepare.js';
import { quarters } from './images.js';

const folder = mkdtempSync(path.join(tmpdir(), 'prepare-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('errors', () => {
  const VALUES: Readonly<Record<PrepareErrorCode, Record<string, string | number>>> = {
    OPTION_INVALID: { option: 'fit', found: 'x', expected: 'y' },
    SOURCE_UNREADABLE: { path: 'x', reason: 'y' },
    SOURCE_EMPTY: {},
    SOURCE_TOO_LARGE: { bytes: 2, limit: 1 },
    NOT_AN_IMAGE: {},
    FORMAT_UNSUPPORTED: { found: 'SVG', wayOut: 'x' },
    DAMAGED: { format: 'JPG', reason: 'x' },
    TOO_MANY_PIXELS: { width: 2, height: 2, limit: 3 },
    TOO_MUCH_MEMORY: { limit: 1 },
    TIMED_OUT: { limit: 1 },
    STALLED: { limit: 1 },
    CANNOT_FIT: { bytes: 2, limit: 1, width: 3, height: 4, kind: 'JPG' },
    ABORTED: {},
    DECODER_UNAVAILABLE: { reason: 'x' },
  };

  test.each(Object.keys(VALUES) as PrepareErrorCode[])(
    '%s says what is wrong and what to do, in both languages',
    (code) => {
      const error = new PrepareError(code, VALUES[code]);
      const chinese = error.explain('zh-CN');
      const english = error.explain('en');
      expect(error.message).toBe(english.message);
      for (const text of [chinese.message, chinese.remedy]) expect(text).toMatch(/\p{Script=Han}.*。$/u);
      for (const text of [english.message, english.remedy]) expect(text).toMatch(/^[ -~×]+\.$/);
      expect(JSON.stringify([chinese, english])).not.toMatch(/[{]\w+[}]|undefined/);
      for (const value of Object.values(VALUES[code])) {
        expect(`${english.message} ${english.remedy}`).toContain(String(value));
        expect(`${chinese.message} ${chinese.remedy}`).toContain(String(value));
      }
    },
  );

  test.each([
    ['no such file', path.join(folder, 'absent.png')],
    ['a folder', folder],
  ])('a source that is %s', async (_, source) => {
    await expect(prepareImage(source)).rejects.toMatchObject({
      code: 'SOURCE_UNREADABLE',
      values: { path: source },
    });
  });

  test('a source that is none', async () => {
    await expect(prepareImage(new URL('https://example.com/x.png'))).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    });
    await expect(prepareImage(17 as unknown as string)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });

  test('a file: URL is a source', async () => {
    const file = path.join(folder, 'an image.png');
    writeFileSync(file, await quarters(10, 10).png().toBuffer());
    expect(await prepareImage(pathToFileURL(file))).toMatchObject({
      unchanged: true,
      filename: 'an image.png',
    });
  });
});

describe('changes', () => {
  const size = { fromWidth: 4000, fromHeight: 3000, width: 1170, height: 1326 };
  test.each<[Change, string, string]>([
    [
      { code: 'CONVERTED', values: { from: 'HEIC', to: 'JPG' } },
      '由 HEIC 转为 JPG',
      'Converted from HEIC to JPG',
    ],
    [{ code: 'RECOMPRESSED', values: { kind: 'PNG' } }, '重新编码为 PNG', 'Re-encoded as PNG'],
    [
      { code: 'FRAMES_DROPPED', values: { frames: 12 } },
      '共 12 帧（页），只保留首帧（主图）',
      'Only the first (the main) one of 12 frames or pages was kept',
    ],
    [
      { code: 'TURNED', values: { orientation: 6 } },
      '按 EXIF 方向 6 转正',
      'Turned upright by EXIF orientation 6',
    ],
    [
      { code: 'COLOURS_CONVERTED', values: { from: 'CMYK' } },
      '颜色由 CMYK 转为 sRGB',
      'Colours converted from CMYK to sRGB',
    ],
    [
      { code: 'DEPTH_REDUCED', values: { from: 16 } },
      '色深由每通道 16 位降为 8 位',
      'Depth reduced from 16 to 8 bits a channel',
    ],
    [
      { code: 'CROPPED', values: { left: 1, top: 2, width: 3, height: 4, percent: 66 } },
      '裁剪：从 (1, 2) 起保留 3×4，占原图 66%',
      'Cropped: 3 × 4 from (1, 2) was kept, 66% of the image',
    ],
    [
      { code: 'RESIZED', values: size },
      '由 4000×3000 缩小到 1170×1326',
      'Scaled down from 4000 × 3000 to 1170 × 1326',
    ],
    [
      { code: 'ENLARGED', values: { ...size, factor: 2.345 } },
      '由 4000×3000 放大 2.35 倍到 1170×1326，可能不够清晰',
      'Enlarged 2.35 times, from 4000 × 3000 to 1170 × 1326: it may look soft',
    ],
    [
      { code: 'PADDED', values: { horizontal: 0, vertical: 12, colour: '#ffffff' } },
      '补边：左右共 0 像素，上下共 12 像素，颜色 #ffffff',
      'Padded by 0 pixels across and 12 down, in #ffffff',
    ],
    [
      { code: 'PADDED_CLEAR', values: { horizontal: 8, vertical: 0 } },
      '补透明边：左右共 8 像素，上下共 0 像素',
      'Padded by 8 transparent pixels across and 0 down',
    ],
    [
      { code: 'MARGIN_ADDED', values: { margin: 120 } },
      '四边各加 120 像素透明边距',
      'A margin of 120 transparent pixels was added',
    ],
    [
      { code: 'FLATTENED', values: { colour: '#fff000' } },
      '透明部分填充为 #fff000',
      'Transparency was filled with #fff000',
    ],
    [
      { code: 'METADATA_REMOVED', values: { removed: 'EXIF, XMP' } },
      '移除元数据：EXIF、XMP',
      'Metadata removed: EXIF, XMP',
    ],
    [
      {
        code: 'METADATA_REMOVED',
        values: { removed: 'EXIF, stray bytes, data after the end, unknown parts' },
      },
      '移除元数据：EXIF、段之间的多余字节、图像结尾之后的数据、无法识别的内容',
      'Metadata removed: EXIF, stray bytes, data after the end, unknown parts',
    ],
    [
      { code: 'CODING_CHANGED', values: { from: 'arithmetic' } },
      '原 JPG 采用算术编码，手机和浏览器无法显示，已改为普通编码',
      'The JPG had arithmetic coding, which phones and browsers do not show; it has a common coding now',
    ],
    [
      { code: 'COLOURS_CONVERTED', values: { from: 'linear sRGB' } },
      '颜色由 线性 sRGB 转为 sRGB',
      'Colours converted from linear sRGB to sRGB',
    ],
    [
      { code: 'COLOURS_REDUCED', values: { colours: 256 } },
      '为满足字节上限，颜色减至 256 种',
      'Reduced to 256 colours to keep within the bytes',
    ],
    [
      { code: 'QUALITY_REDUCED', values: { quality: 75 } },
      '为满足字节上限，JPG 质量降为 75',
      'JPG quality lowered to 75 to keep within the bytes',
    ],
    [
      { code: 'SHRUNK_TO_FIT', values: size },
      '为满足字节上限，由 4000×3000 缩小到 1170×1326',
      'Scaled down from 4000 × 3000 to 1170 × 1326 to keep within the bytes',
    ],
  ])('$0.code', (change, chinese, english) => {
    expect(describeChange(change)).toBe(chinese);
    expect(describeChange(change, 'en')).toBe(english);
  });
});

describe('filenames', () => {
  test.each([
    ['summer.heic', 'jpg', 'summer.jpg'],
    ['summer.JPEG', 'jpg', 'summer.JPEG'],
    ['summer.png', 'jpg', 'summer.jpg'],
    ['v1.2 final', 'png', 'v1.2 final.png'],
    ['/a/b/夏日.webp', 'png', '夏日.png'],
    ['C:\\images\\a.bmp', 'png', 'a.png'],
    ['a\nb:c?.gif', 'png', 'a_b_c_.png'],
    ['🎉party.gif', 'png', '_party.png'],
    ['.hidden', 'jpg', '.hidden.jpg'],
    ['', 'jpg', 'icon.jpg'],
    [undefined, 'png', 'icon.png'],
    [`${'长'.repeat(300)}.tiff`, 'png', `${'长'.repeat(124)}.png`],
  ] as const)('%s → %s: %s', (name, kind, expected) => {
    expect(suggestFilename(name, kind, 'icon')).toBe(expected);
  });
});

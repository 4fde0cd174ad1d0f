import type { Text } from '@coupon-media/apiv3';
import { describe, expect, test } from 'vitest';
import {
  examineImage,
  type ImageFacts,
  type PrepareOptions,
  planImage,
  prepareImage,
} from '../dist/index.js';
import { gif } from './files.js';
import { quarters } from './images.js';

const FACTS: ImageFacts = {
  format: 'png',
  bytes: 50_000,
  width: 1170,
  height: 1326,
  orientation: 1,
  frames: 1,
  colour: 'sRGB',
  srgb: true,
  coding: undefined,
  uploadable: true,
  depth: 8,
  transparent: false,
  clearMargin: 0,
  lossless: true,
  metadata: [],
  strippedBytes: 50_000,
};

const ICON: Partial<ImageFacts> = { width: 1080, height: 1080, transparent: true, clearMargin: 120 };

describe('what would be done', () => {
  test.each<[string, Partial<ImageFacts>, PrepareOptions, string]>([
    ['fits the slot', {}, { slot: 'background' }, 'keep'],
    ['fits no slot in particular', { width: 17, height: 5 }, {}, 'keep'],
    ['has metadata', { metadata: ['EXIF'] }, { slot: 'background' }, 'strip'],
    ['has metadata and fits only without it', { metadata: ['EXIF'], bytes: 2_000_001 }, {}, 'strip'],
    ['is animated', { frames: 4, metadata: ['animation'] }, {}, 'strip'],
    ['has parts that nobody knows', { metadata: ['unknown parts'], strippedBytes: undefined }, {}, 'render'],
    ['has too many bytes', { bytes: 2_000_001, strippedBytes: 2_000_001 }, {}, 'render'],
    ['has another size', { width: 1171 }, { slot: 'background' }, 'render'],
    ['the service or a viewer would not take', { uploadable: false }, {}, 'render'],
    ['lies on its side', { orientation: 8 }, {}, 'render'],
    ['has other colours', { srgb: false, colour: 'CMYK' }, {}, 'render'],
    ['is a BMP', { format: 'bmp' }, {}, 'render'],
    ['is an icon with its margin', ICON, { slot: 'icon' }, 'keep'],
    ['is an icon without one', { ...ICON, clearMargin: 119 }, { slot: 'icon' }, 'render'],
    ['is to be filled', { transparent: true }, { slot: 'detail', background: '#fff' }, 'render'],
    ['is opaque, and so filled already', {}, { slot: 'detail', background: '#fff' }, 'keep'],
    ['has a side of 30,001', { width: 30_001, height: 10 }, {}, 'render'],
  ])('an image that %s', (_, facts, options, action) => {
    expect(planImage({ ...FACTS, ...facts }, options).action).toBe(action);
  });

  test('the result has the slot’s size, and the image’s without one', () => {
    expect(planImage({ ...FACTS, width: 5 }, { slot: 'icon' })).toMatchObject({ width: 1080, height: 1080 });
    expect(planImage({ ...FACTS, format: 'webp' })).toMatchObject({ width: 1170, height: 1326 });
    expect(planImage({ ...FACTS, width: 60_000, height: 1000 })).toMatchObject({
      width: 30_000,
      height: 500,
    });
    expect(planImage({ ...FACTS, width: 8192, height: 8192, format: 'tiff' })).toMatchObject({ width: 4096 });
  });

  test('a part of the image is used as if it were the image', () => {
    const crop = { left: 100, top: 200, width: 585, height: 663 };
    const { action, changes } = planImage(FACTS, { slot: 'background', crop });
    expect(action).toBe('render');
    expect(changes).toContainEqual({ code: 'CROPPED', values: { ...crop, percent: 25 } });
    // A focus counts within the part.
    const wide = { ...crop, height: 300 };
    expect(
      planImage(FACTS, { slot: 'icon', fit: 'crop', focus: 'right', crop: wide }).rendering?.placement.cut,
    ).toEqual({ left: 385, top: 200, width: 300, height: 300 });
    expect(planImage(FACTS, { crop: { left: 0, top: 0, width: 1170, height: 1326 } }).action).toBe('keep');
  });

  const CROP = { en: 'left,top,width,height in pixels', 'zh-CN': '以像素计的 left,top,width,height' };
  const WITHIN = { en: 'a part of 1170 × 1326', 'zh-CN': '不超出 1170×1326 的区域' };
  const besideSlot = { en: 'a slot beside it', 'zh-CN': '与 slot 一起使用' };
  test.each<[string, PrepareOptions, string | Text]>([
    ['slot', { slot: 'logo' as 'icon' }, 'icon | background | detail'],
    ['fit', { slot: 'icon', fit: 'cover' as 'crop' }, 'crop | pad | contain'],
    ['fit', { fit: 'crop' }, besideSlot],
    ['focus', { focus: 'top' }, besideSlot],
    ['crop', { crop: { left: -1, top: 0, width: 1, height: 1 } }, CROP],
    ['crop', { crop: { left: 0, top: 0, width: 0, height: 1 } }, CROP],
    ['crop', { crop: { left: 1, top: 0, width: 1170, height: 1326 } }, WITHIN],
    ['background', { background: 'white' }, '#rgb | #rrggbb'],
    ['maxBytes', { maxBytes: 3_000_000 }, '1 … 2097152'],
  ])('%s is checked', (option, options, expected) => {
    expect(() => planImage(FACTS, options)).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        values: expect.objectContaining({ option, expected }),
      }),
    );
  });

  test.each<[string, () => Promise<Buffer>, PrepareOptions]>([
    ['an icon of a JPG', () => quarters(500, 300).jpeg().toBuffer(), { slot: 'icon' }],
    [
      'a turned background',
      () => quarters(900, 1600).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
      { slot: 'background' },
    ],
    [
      'a padded WebP',
      () => quarters(900, 1600).webp().toBuffer(),
      { slot: 'detail', fit: 'pad', background: '#fafafa' },
    ],
    ['an animated GIF in an icon', async () => gif(1, 1, 3), { slot: 'icon' }],
    ['nothing to do', () => quarters(50, 50).png().toBuffer(), {}],
  ])('a dry run tells what is then done: %s', async (_, make, options) => {
    const source = await make();
    const plan = planImage(await examineImage(source), options);
    const { changes, width, height } = await prepareImage(source, options);
    expect(plan).toMatchObject({ changes, width, height });
  });
});

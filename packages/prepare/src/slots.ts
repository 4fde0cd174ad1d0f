import { type Language, redacted, type Text } from '@coupon-media/apiv3';
import { PrepareError } from './errors.js';
import { formatText } from './text.js';

/** The places of a coupon that show an image (contract 8.1). */
export type SlotName = 'icon' | 'background' | 'detail';

/** How an image is fitted into a slot. */
export type Fit = 'crop' | 'pad' | 'contain';

/** The requirements of a place in a coupon. */
export interface Slot {
  readonly name: SlotName;
  /** The field of the URL in the coupon's JSON. */
  readonly field: string;
  /** Pixels, margin included. They are never reduced to save bytes. */
  readonly width: number;
  readonly height: number;
  /** The published ratio. If it disagrees with the pixels (1170×1326 is 15:17, not 65:77), the pixels decide. */
  readonly ratio: string;
  /** The transparent margin on every side in pixels; the image has the rest. */
  readonly margin: number;
  /** The kinds of the output: PNG if transparency is required; else the one that suits the image. */
  readonly kinds: readonly ('jpg' | 'png')[];
  /** The default fit. */
  readonly fit: Fit;
}

/** The places by name: icon 1:1, 1080 × 1080, with a transparent margin of 120; background and details 65:77, 1170 × 1326, where the pixels decide (contract 8.1). */
export const slots: Readonly<Record<SlotName, Slot>> = {
  icon: {
    name: 'icon',
    field: 'display_info.image_url',
    width: 1080,
    height: 1080,
    ratio: '1:1',
    margin: 120,
    kinds: ['png'],
    fit: 'contain',
  },
  background: {
    name: 'background',
    field: 'display_info.background_url',
    width: 1170,
    height: 1326,
    ratio: '65:77',
    margin: 0,
    kinds: ['jpg', 'png'],
    fit: 'crop',
  },
  detail: {
    name: 'detail',
    field: 'display_info.detail_image_url_list',
    width: 1170,
    height: 1326,
    ratio: '65:77',
    margin: 0,
    kinds: ['jpg', 'png'],
    fit: 'crop',
  },
};

/** A slot, with a sentence for people. */
export interface SlotDescription extends Slot {
  readonly text: string;
}

/**
 * Describes the requirements of a slot.
 *
 * @throws PrepareError `OPTION_INVALID` if the name is not a slot
 * @example
 * ```ts
 * import { describeSlot } from '@coupon-media/prepare';
 *
 * const { width, height, text } = describeSlot('background', 'en');
 * console.log(`${width} × ${height}: ${text}`);
 * ```
 */
export function describeSlot(name: SlotName, language: Language = 'zh-CN'): SlotDescription {
  const slot = Object.hasOwn(slots, name) ? slots[name] : undefined;
  if (!slot) {
    const expected = Object.keys(slots).join(' | ');
    throw new PrepareError('OPTION_INVALID', { option: 'slot', found: redacted(name), expected });
  }
  const { width, height, margin } = slot;
  const values = {
    width: String(width),
    height: String(height),
    ratio: slot.ratio,
    margin,
    inner: width - 2 * margin,
  };
  return { ...slot, text: formatText(TEXTS[name], language, values) };
}

const TEXTS: Readonly<Record<SlotName, Text>> = {
  icon: {
    'zh-CN':
      '商品券图标：{ratio}，{width}×{height} 像素，透明底 PNG，四边各留 {margin} 像素透明边距（主体在中间 {inner}×{inner}）。',
    en: 'The coupon’s icon: {ratio}, {width} × {height} pixels, a transparent PNG with a margin of {margin} transparent pixels on every side; the image has the {inner} × {inner} in the middle.',
  },
  background: {
    'zh-CN': '商品券背景图：{width}×{height} 像素（文档比例 {ratio}），JPG 或 PNG。',
    en: 'The coupon’s background: {width} × {height} pixels (published beside the ratio {ratio}), JPG or PNG.',
  },
  detail: {
    'zh-CN': '商品券详情图：{width}×{height} 像素（文档比例 {ratio}），JPG 或 PNG，最多 8 张。',
    en: 'An image of the coupon’s details: {width} × {height} pixels (published beside the ratio {ratio}), JPG or PNG; at most 8 of them.',
  },
};

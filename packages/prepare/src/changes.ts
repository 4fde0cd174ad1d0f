import type { Language, Text } from '@coupon-media/apiv3';
import { codingNames, type UncommonCoding } from './coding.js';
import { colourText, metadataText } from './names.js';
import { formatText } from './text.js';

/** The values of each change. All lengths are pixels. */
export interface ChangeValues {
  CONVERTED: { from: string; to: string };
  RECOMPRESSED: { kind: string };
  FRAMES_DROPPED: { frames: number };
  CODING_CHANGED: { from: UncommonCoding };
  TURNED: { orientation: number };
  COLOURS_CONVERTED: { from: string };
  DEPTH_REDUCED: { from: number };
  CROPPED: { left: number; top: number; width: number; height: number; percent: number };
  RESIZED: { fromWidth: number; fromHeight: number; width: number; height: number };
  ENLARGED: { fromWidth: number; fromHeight: number; width: number; height: number; factor: number };
  PADDED: { horizontal: number; vertical: number; colour: string };
  PADDED_CLEAR: { horizontal: number; vertical: number };
  MARGIN_ADDED: { margin: number };
  FLATTENED: { colour: string };
  METADATA_REMOVED: { removed: string };
  COLOURS_REDUCED: { colours: number };
  QUALITY_REDUCED: { quality: number };
  SHRUNK_TO_FIT: { fromWidth: number; fromHeight: number; width: number; height: number };
}

export type ChangeCode = keyof ChangeValues;

/** One change that was made to an image. */
export type Change = {
  [Code in ChangeCode]: { readonly code: Code; readonly values: ChangeValues[Code] };
}[ChangeCode];

/**
 * Describes a change in a sentence for people.
 *
 * @example
 * ```ts
 * import { describeChange, prepareImage } from '@coupon-media/prepare';
 *
 * const { changes } = await prepareImage('summer.heic', { slot: 'background' });
 * for (const change of changes) console.log(`- ${describeChange(change, 'en')}`);
 * ```
 */
export function describeChange(change: Change, language: Language = 'zh-CN'): string {
  if (change.code === 'CODING_CHANGED') {
    return formatText(WORDINGS[change.code], language, { from: codingNames[change.values.from] });
  }
  if (change.code === 'METADATA_REMOVED') {
    return formatText(WORDINGS[change.code], language, { removed: metadataText(change.values.removed) });
  }
  if (change.code === 'COLOURS_CONVERTED') {
    return formatText(WORDINGS[change.code], language, { from: colourText(change.values.from) });
  }
  return formatText(WORDINGS[change.code], language, change.values);
}

const WORDINGS: Readonly<Record<ChangeCode, Text>> = {
  CONVERTED: { 'zh-CN': '由 {from} 转为 {to}', en: 'Converted from {from} to {to}' },
  RECOMPRESSED: { 'zh-CN': '重新编码为 {kind}', en: 'Re-encoded as {kind}' },
  FRAMES_DROPPED: {
    'zh-CN': '共 {frames} 帧（页），只保留首帧（主图）',
    en: 'Only the first (the main) one of {frames} frames or pages was kept',
  },
  CODING_CHANGED: {
    'zh-CN': '原 JPG 采用{from}，手机和浏览器无法显示，已改为普通编码',
    en: 'The JPG had {from}, which phones and browsers do not show; it has a common coding now',
  },
  TURNED: {
    'zh-CN': '按 EXIF 方向 {orientation} 转正',
    en: 'Turned upright by EXIF orientation {orientation}',
  },
  COLOURS_CONVERTED: { 'zh-CN': '颜色由 {from} 转为 sRGB', en: 'Colours converted from {from} to sRGB' },
  DEPTH_REDUCED: {
    'zh-CN': '色深由每通道 {from} 位降为 8 位',
    en: 'Depth reduced from {from} to 8 bits a channel',
  },
  CROPPED: {
    'zh-CN': '裁剪：从 ({left}, {top}) 起保留 {width}×{height}，占原图 {percent}%',
    en: 'Cropped: {width} × {height} from ({left}, {top}) was kept, {percent}% of the image',
  },
  RESIZED: {
    'zh-CN': '由 {fromWidth}×{fromHeight} 缩小到 {width}×{height}',
    en: 'Scaled down from {fromWidth} × {fromHeight} to {width} × {height}',
  },
  ENLARGED: {
    'zh-CN': '由 {fromWidth}×{fromHeight} 放大 {factor} 倍到 {width}×{height}，可能不够清晰',
    en: 'Enlarged {factor} times, from {fromWidth} × {fromHeight} to {width} × {height}: it may look soft',
  },
  PADDED: {
    'zh-CN': '补边：左右共 {horizontal} 像素，上下共 {vertical} 像素，颜色 {colour}',
    en: 'Padded by {horizontal} pixels across and {vertical} down, in {colour}',
  },
  PADDED_CLEAR: {
    'zh-CN': '补透明边：左右共 {horizontal} 像素，上下共 {vertical} 像素',
    en: 'Padded by {horizontal} transparent pixels across and {vertical} down',
  },
  MARGIN_ADDED: {
    'zh-CN': '四边各加 {margin} 像素透明边距',
    en: 'A margin of {margin} transparent pixels was added',
  },
  FLATTENED: { 'zh-CN': '透明部分填充为 {colour}', en: 'Transparency was filled with {colour}' },
  METADATA_REMOVED: { 'zh-CN': '移除元数据：{removed}', en: 'Metadata removed: {removed}' },
  COLOURS_REDUCED: {
    'zh-CN': '为满足字节上限，颜色减至 {colours} 种',
    en: 'Reduced to {colours} colours to keep within the bytes',
  },
  QUALITY_REDUCED: {
    'zh-CN': '为满足字节上限，JPG 质量降为 {quality}',
    en: 'JPG quality lowered to {quality} to keep within the bytes',
  },
  SHRUNK_TO_FIT: {
    'zh-CN': '为满足字节上限，由 {fromWidth}×{fromHeight} 缩小到 {width}×{height}',
    en: 'Scaled down from {fromWidth} × {fromHeight} to {width} × {height} to keep within the bytes',
  },
};

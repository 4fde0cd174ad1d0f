import type { Text, TextValues } from '@coupon-media/apiv3';
import { PrepareError } from '../errors.js';
import { formatNames, type SourceFormat } from '../formats.js';
import { formatText } from '../text.js';

/** What is wrong with an image that cannot be read. */
export type Damage = keyof typeof DAMAGES;

/** Makes the error for an image that cannot be read. What a library says about it is only the cause. */
export function damaged(
  format: SourceFormat,
  damage: Damage,
  values: TextValues = {},
  cause?: unknown,
): PrepareError {
  const text = DAMAGES[damage];
  const reason = { 'zh-CN': formatText(text, 'zh-CN', values), en: formatText(text, 'en', values) };
  return new PrepareError('DAMAGED', { format: formatNames[format], reason }, cause);
}

/** The damage that a library means, by what it says. The first row that fits any of its lines is the true one. */
export function damageNamed(words: string): Damage {
  return WORDS.find(({ says }) => says.test(words))?.damage ?? 'undecodable';
}

/**
 * Checks the size in the image's header, before memory of this size is allocated.
 *
 * @throws PrepareError `TOO_MANY_PIXELS`, or `DAMAGED` if it has no pixels
 */
export function checkPixels(format: SourceFormat, width: number, height: number, limit: number): void {
  if (width < 1 || height < 1) throw damaged(format, 'noPixels', { width, height });
  if (width * height > limit) throw new PrepareError('TOO_MANY_PIXELS', { width, height, limit });
}

const DAMAGES = {
  cutShort: { 'zh-CN': '文件不完整，缺少后面的内容', en: 'the file is cut short' },
  header: { 'zh-CN': '文件头有误', en: 'its header is wrong' },
  headerCutShort: { 'zh-CN': '文件头不完整', en: 'its header is cut short' },
  masksCutShort: { 'zh-CN': '颜色掩码不完整', en: 'its colour masks are cut short' },
  pixelsCutShort: { 'zh-CN': '像素数据不完整', en: 'its pixels are cut short' },
  undecodable: { 'zh-CN': '像素数据有误，无法解码', en: 'its pixels cannot be decoded' },
  checksum: { 'zh-CN': '校验和不符', en: 'a checksum does not match' },
  noPixels: { 'zh-CN': '文件头写的尺寸是 {width}×{height}', en: 'it says it is {width} × {height} pixels' },
  otherSize: { 'zh-CN': '实际尺寸与文件头不符', en: 'it is not of the size that it says' },
  scans: { 'zh-CN': '分成了 {scans} 次扫描', en: 'it has {scans} scans' },
  packing: {
    'zh-CN': '每像素 {bits} 位不能使用压缩方式 {compression}',
    en: '{bits} bits a pixel with compression {compression}',
  },
} as const satisfies Readonly<Record<string, Text>>;

/** From libjpeg, libpng, libwebp, nsgif, libtiff, libheif and libvips. */
const WORDS: readonly { says: RegExp; damage: Damage }[] = [
  {
    says: /premature end|end of (file|data|image|stream|input)|truncat|unexpected (end|eof)|too short|not enough|out of data|unable to read|insufficient/i,
    damage: 'cutShort',
  },
  { says: /crc|checksum/i, damage: 'checksum' },
  {
    says: /corrupt header|unsupported image format|bad (header|dimension)|invalid .*(ihdr|header)|no .* box/i,
    damage: 'header',
  },
];

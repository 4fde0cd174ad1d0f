import { PrepareError, unsupported } from './errors.js';
import { heifBrands } from './heif/boxes.js';
import { readMainItem } from './heif/items.js';
import { otherFormat } from './other-formats.js';
import { isCameraRaw } from './tiff-head.js';

/** Formats that can be prepared. */
export type SourceFormat = 'jpg' | 'png' | 'bmp' | 'webp' | 'avif' | 'gif' | 'tiff' | 'heic';

/** The names of the formats. */
export const formatNames: Readonly<Record<SourceFormat, string>> = {
  jpg: 'JPG',
  png: 'PNG',
  bmp: 'BMP',
  webp: 'WebP',
  avif: 'AVIF',
  gif: 'GIF',
  tiff: 'TIFF',
  heic: 'HEIC',
};

/**
 * Detects a format by the first bytes, never by a name. Formats outside the table are never given to a decoder: SVG and PDF are
 * programs rather than images.
 *
 * @throws PrepareError `SOURCE_EMPTY`, `FORMAT_UNSUPPORTED` with the name of the format, `NOT_AN_IMAGE`
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { detectFormat } from '@coupon-media/prepare';
 *
 * console.log(detectFormat(readFileSync('image.jpg'))); // 'webp', when it was only renamed
 * ```
 */
export function detectFormat(bytes: Uint8Array): SourceFormat {
  if (bytes.length === 0) throw new PrepareError('SOURCE_EMPTY');
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hex = whole.toString('hex', 0, 512);
  const format = FORMATS.find(({ magic }) => magic.test(hex))?.format ?? heifFormat(whole);
  if (format === 'tiff' && isCameraRaw(bytes)) throw unsupported(CAMERA_RAW, 'photo');
  if (format) return format;
  const other = otherFormat(whole);
  throw other ? unsupported(other.name, other.wayOut) : new PrepareError('NOT_AN_IMAGE');
}

const CAMERA_RAW = { 'zh-CN': '相机原始文件（DNG、NEF、CR2）', en: 'Camera raw (DNG, NEF, CR2)' };

/** Patterns for the first bytes in hex, two digits per byte. */
const FORMATS: readonly { format: SourceFormat; magic: RegExp }[] = [
  { format: 'jpg', magic: /^ffd8ff/ },
  { format: 'png', magic: /^89504e470d0a1a0a/ },
  { format: 'gif', magic: /^47494638(37|39)61/ },
  { format: 'webp', magic: /^52494646.{8}57454250/ },
  // The length of the header after the file header, one of eight.
  { format: 'bmp', magic: /^424d.{24}(0c|10|28|34|38|40|6c|7c)000000/ },
  { format: 'tiff', magic: /^(4949(2a|2b)00|4d4d00(2a|2b))/ },
];

/**
 * ISO/IEC 23008-12: the type of the main image tells the codec. Without one, or if the bytes end before it, the brands in `ftyp`
 * do.
 */
function heifFormat(bytes: Buffer): SourceFormat | undefined {
  const brands = heifBrands(bytes);
  if (brands.length === 0 || NO_HEIF.has(brands[0] ?? '')) return undefined;
  const codec = readMainItem(bytes)?.codec;
  if (codec !== undefined) return HEIF_CODECS.get(codec);
  return brands.map((brand) => HEIF_BRANDS.get(brand)).find((format) => format !== undefined);
}

/** Brands of files that only begin like HEIF: a camera's raw file. */
const NO_HEIF = new Set(['crx ']);

const HEIF_CODECS: ReadonlyMap<string, SourceFormat> = new Map([
  ['av01', 'avif'],
  ['hvc1', 'heic'],
  ['hev1', 'heic'],
]);

const HEVC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'];
const HEIF_BRANDS: ReadonlyMap<string, SourceFormat> = new Map([
  ['avif', 'avif'],
  ['avis', 'avif'],
  ...HEVC_BRANDS.map((brand) => [brand, 'heic'] as const),
]);

import { PrepareError } from './errors.js';
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
  const head = Buffer.from(bytes.subarray(0, 512));
  const hex = head.toString('hex');
  const format = FORMATS.find(({ magic }) => magic.test(hex))?.format ?? heifFormat(head);
  if (format === 'tiff' && isCameraRaw(bytes)) {
    throw new PrepareError('FORMAT_UNSUPPORTED', { found: 'Camera raw (DNG, NEF, CR2)' });
  }
  if (format) return format;
  const text = head.toString('latin1');
  const known = OTHERS.find(({ magic, begins }) => magic?.test(hex) || begins?.test(text));
  throw known
    ? new PrepareError('FORMAT_UNSUPPORTED', { found: known.name })
    : new PrepareError('NOT_AN_IMAGE');
}

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

/** ISO/IEC 14496-12: `ftyp` names a major brand, then the compatible ones. `mif1` alone does not say the codec. */
function heifFormat(head: Buffer): SourceFormat | undefined {
  const text = head.toString('latin1');
  if (text.slice(4, 8) !== 'ftyp') return undefined;
  const end = head.readUInt32BE(0);
  const brands = [text.slice(8, 12), ...(text.slice(16, end).match(/.{4}/gs) ?? [])];
  return brands.map((brand) => HEIF_BRANDS.get(brand)).find((format) => format !== undefined);
}

const HEVC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'];
const HEIF_BRANDS: ReadonlyMap<string, SourceFormat> = new Map([
  ['avif', 'avif'],
  ['avis', 'avif'],
  ...HEVC_BRANDS.map((brand) => [brand, 'heic'] as const),
]);

/** Other formats that people take for images, with names, so that they know what to export. */
const OTHERS: readonly { name: string; magic?: RegExp; begins?: RegExp }[] = [
  { name: 'SVG', begins: /^(\xef\xbb\xbf)?\s*<(.{0,480}<)?svg[\s>]/is },
  { name: 'PDF or Illustrator', begins: /^%PDF/ },
  { name: 'EPS', begins: /^(%!PS|\xc5\xd0\xd3\xc6)/ },
  { name: 'Photoshop (PSD)', begins: /^8BPS/ },
  { name: 'JPEG XL', magic: /^(ff0a|0000000c4a584c20)/ },
  { name: 'JPEG 2000', magic: /^(0000000c6a502020|ff4fff51)/ },
  { name: 'Icon (ICO)', magic: /^0000(01|02)00/ },
  { name: 'Windows metafile', magic: /^(d7cdc69a|01000000.{72}20454d46)/ },
  { name: 'HEIF without a known codec', begins: /^.{4}ftyp(mif1|msf1)/s },
  { name: 'Video (MP4, MOV)', begins: /^.{4}(ftyp|moov)/s },
  { name: 'Web page (HTML)', begins: /^(\xef\xbb\xbf)?\s*<(!doctype html|html)/i },
  { name: 'Archive (ZIP, Sketch, Keynote)', magic: /^504b0304/ },
  { name: 'Compressed file (gzip, SVGZ)', magic: /^1f8b/ },
];

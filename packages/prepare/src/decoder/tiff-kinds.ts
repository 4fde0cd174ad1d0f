import type { Text } from '@coupon-media/apiv3';
import { unsupported } from '../errors.js';
import { firstPage, type Page } from '../tiff-head.js';
import { checkPixels, damaged } from './damage.js';
import { allowOnly, readHeader, readRaw } from './libvips.js';
import type { RawPixels } from './raw.js';
import type { Readable } from './readable.js';
import { pixelsToTiff } from './redrawn.js';

/**
 * Reads a TIFF for libvips, if its kind is one that libvips reads rightly. Of the others, libvips refuses some, and shows some in
 * false colours or black without an error.
 *
 * @throws PrepareError `DAMAGED`, `TOO_MANY_PIXELS`, `FORMAT_UNSUPPORTED` with the name of the kind
 */
export async function readTiff(source: Buffer, maxPixels: number): Promise<Readable> {
  const page = firstPage(source);
  if (page === undefined) throw damaged('tiff', 'header');
  const kind = kindOf(page);
  if (kind.compression !== undefined) throw unsupported(kind.compression);
  if (page.get(284)?.[0] === SEPARATE && page.has(TILE_WIDTH)) throw unsupported(PLANES_IN_TILES);
  if (!READ.some((row) => fits(row, kind))) throw unsupported(nameOf(kind), 'eightBits');
  const surplus = kind.samples - kind.channels;
  if (surplus <= 0 || kind.hasAlpha || kind.photometric === CMYK) return { bytes: source, depth: kind.bits };
  return withoutExtraSamples(source, kind, maxPixels);
}

/** Samples beyond the colours are alpha only where the file says so; else they are selections, masks or spot colours. */
async function withoutExtraSamples(source: Buffer, kind: Kind, maxPixels: number): Promise<Readable> {
  const file = { bytes: source, format: 'tiff' as const, maxPixels };
  const header = await readHeader(file);
  checkPixels('tiff', header.width, header.height, maxPixels);
  const pixels = firstChannels(await readRaw(file, kind.bits), kind.channels === 1 ? 1 : 3);
  allowOnly('tiff');
  const { icc: profile, orientation } = header;
  return {
    bytes: pixelsToTiff(pixels, { colours: undefined, profile, orientation }),
    frames: header.pages ?? 1,
    metadata: [...(header.exif ? ['EXIF'] : []), ...(header.xmp ? ['XMP'] : [])],
    depth: kind.bits,
  };
}

function firstChannels(pixels: RawPixels, channels: 1 | 3): RawPixels {
  const { data, width, height, channels: stride } = pixels;
  const kept =
    pixels.most > 0xff
      ? new Uint16Array(width * height * channels)
      : new Uint8Array(width * height * channels);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let one = 0; one < channels; one++) kept[pixel * channels + one] = data[pixel * stride + one] ?? 0;
  }
  return { ...pixels, data: kept, channels };
}

/** What decides whether libvips reads it. */
interface Kind {
  /** The name of a compression that libvips does not read. */
  readonly compression: Text | undefined;
  readonly jpeg: boolean;
  readonly photometric: number;
  readonly bits: number;
  /** All samples of a pixel. */
  readonly samples: number;
  /** Those of the colour. */
  readonly channels: number;
  readonly sampleFormat: number;
  readonly hasAlpha: boolean;
  /** Inks other than cyan, magenta, yellow and black. */
  readonly otherInks: boolean;
}

const UNSIGNED = 1;
const SIGNED = 2;
const FLOAT = 3;
/** Undefined data, which readers take as unsigned. */
const VOID = 4;

const CMYK = 5;

const TILE_WIDTH = 322;
/** PlanarConfiguration: each channel is stored by itself. */
const SEPARATE = 2;
const PLANES_IN_TILES: Text = {
  'zh-CN': 'TIFF（各通道分开存储的图块）',
  en: 'TIFF with separate planes in tiles',
};

function kindOf(page: Page): Kind {
  const compression = page.get(259)?.[0] ?? 1;
  const photometric = page.get(262)?.[0] ?? 1;
  const bits = page.get(258) ?? [1];
  const [alpha] = page.get(338) ?? [];
  const format = page.get(339)?.[0] ?? UNSIGNED;
  return {
    compression: COMPRESSIONS_UNREAD.get(compression),
    jpeg: compression === 7,
    photometric,
    // Channels of different depth are read by nobody.
    bits: bits.every((one) => one === bits[0]) ? (bits[0] ?? 1) : 0,
    samples: page.get(277)?.[0] ?? 1,
    channels: CHANNELS.get(photometric) ?? 3,
    sampleFormat: format === VOID ? UNSIGNED : format,
    hasAlpha: alpha === 1 || alpha === 2,
    otherInks: page.get(332)?.[0] === 2,
  };
}

const CHANNELS: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [1, 1],
  [3, 1],
  [CMYK, 4],
]);

/** Kinds whose pixels libvips 8.18 was seen to give rightly. */
const READ: readonly Row[] = [
  { photometric: [0, 1], bits: [1, 2, 4, 8, 16], sampleFormat: UNSIGNED },
  { photometric: [2], bits: [8, 16], sampleFormat: UNSIGNED },
  { photometric: [2], bits: [32], sampleFormat: FLOAT },
  { photometric: [3], bits: [1, 2, 4, 8], sampleFormat: UNSIGNED },
  { photometric: [CMYK], bits: [8, 16], sampleFormat: UNSIGNED },
  { photometric: [6], bits: [8], sampleFormat: UNSIGNED, jpeg: true },
  { photometric: [8], bits: [16], sampleFormat: UNSIGNED },
];

interface Row {
  readonly photometric: readonly number[];
  readonly bits: readonly number[];
  readonly sampleFormat: number;
  /** Whether it is read only with JPEG compression, which converts the colours. */
  readonly jpeg?: true;
}

function fits({ photometric, bits, sampleFormat, jpeg }: Row, kind: Kind): boolean {
  const complete = kind.samples >= kind.channels && (!kind.otherInks || kind.photometric !== CMYK);
  const asRow = photometric.includes(kind.photometric) && bits.includes(kind.bits);
  return complete && asRow && sampleFormat === kind.sampleFormat && (jpeg === undefined || kind.jpeg);
}

/** Names a kind by what is unusual about it: the colours, else the numbers. */
function nameOf({ photometric, bits, sampleFormat, otherInks }: Kind): Text {
  const colours = otherInks && photometric === CMYK ? SPOT : COLOURS.get(photometric);
  const numbers = bits === 0 ? MIXED : NUMBERS.get(sampleFormat)?.(bits);
  const zh = [colours?.['zh-CN'], numbers?.['zh-CN']].filter(Boolean).join('、');
  const en = [numbers?.en, colours?.en].filter(Boolean).join(' in ');
  return { 'zh-CN': `TIFF（${zh}）`, en: `TIFF with ${en}` };
}

const MIXED: Text = { 'zh-CN': '各通道位数不同', en: 'channels of different depths' };
const SPOT: Text = { 'zh-CN': '专色', en: 'spot colours' };

const NUMBERS: ReadonlyMap<number, (bits: number) => Text> = new Map([
  [UNSIGNED, (bits: number) => ({ 'zh-CN': `每通道 ${bits} 位`, en: `${bits} bits a channel` })],
  [SIGNED, (bits: number) => ({ 'zh-CN': `${bits} 位有符号整数`, en: `${bits}-bit signed integers` })],
  [FLOAT, (bits: number) => ({ 'zh-CN': `${bits} 位浮点数`, en: `${bits}-bit floats` })],
  [5, () => ({ 'zh-CN': '复数', en: 'complex integers' })],
  [6, () => ({ 'zh-CN': '复数', en: 'complex floats' })],
]);

const COLOURS: ReadonlyMap<number, Text> = new Map([
  [0, { 'zh-CN': '灰度', en: 'grey' }],
  [1, { 'zh-CN': '灰度', en: 'grey' }],
  [2, { 'zh-CN': 'RGB', en: 'RGB' }],
  [3, { 'zh-CN': '调色板', en: 'a palette' }],
  [4, { 'zh-CN': '透明蒙版', en: 'a transparency mask' }],
  [5, { 'zh-CN': 'CMYK', en: 'CMYK' }],
  [6, { 'zh-CN': 'YCbCr', en: 'YCbCr' }],
  [8, { 'zh-CN': 'Lab', en: 'Lab' }],
  [9, { 'zh-CN': 'ICC Lab', en: 'ICC Lab' }],
  [10, { 'zh-CN': 'ITU Lab', en: 'ITU Lab' }],
  [32803, { 'zh-CN': '传感器原始数据', en: 'the raw data of a sensor' }],
  [32844, { 'zh-CN': 'LogL', en: 'LogL' }],
  [32845, { 'zh-CN': 'LogLuv', en: 'LogLuv' }],
  [34892, { 'zh-CN': '线性原始数据', en: 'linear raw data' }],
]);

function compressed(name: string): Text {
  return { 'zh-CN': `TIFF（${name} 压缩）`, en: `TIFF with ${name} compression` };
}

/** Compressions that sharp's libtiff lacks, or that libvips gives in false colours (old-style JPEG). */
const COMPRESSIONS_UNREAD: ReadonlyMap<number, Text> = new Map([
  [6, compressed('old-style JPEG')],
  [9, compressed('JBIG')],
  [10, compressed('JBIG')],
  [32766, compressed('NeXT')],
  [32809, compressed('ThunderScan')],
  [34661, compressed('JBIG')],
  [34676, compressed('SGI LogLuv')],
  [34677, compressed('SGI LogLuv')],
  [34712, compressed('JPEG 2000')],
  [34887, compressed('LERC')],
  [34892, compressed('lossy JPEG (DNG)')],
  [34925, compressed('LZMA')],
  [50000, compressed('Zstandard')],
  [50002, compressed('JPEG XL')],
  [52546, compressed('JPEG XL')],
]);

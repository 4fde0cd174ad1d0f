import { unsupported } from '../errors.js';
import { type HeifColour, readHeifColour } from '../heif/colour.js';
import { type MainItem, readMainItem } from '../heif/items.js';
import { countSequenceFrames, hasSequence } from '../heif/sequence.js';
import { cicpColours } from './colour/cicp.js';
import { checkPixels, damaged } from './damage.js';
import { allowOnly, readHeader, readRaw } from './libvips.js';
import { stretchNarrowRange, undoPremultiplication } from './raw.js';
import type { Readable } from './readable.js';
import { pixelsToTiff } from './redrawn.js';

/**
 * Reads an AVIF for libvips: as it is, where libvips shows what it means; else its pixels, with colours that `colr nclx` tells,
 * premultiplied alpha, and grey of limited range put right.
 *
 * @throws PrepareError `DAMAGED`, `TOO_MANY_PIXELS`, `FORMAT_UNSUPPORTED` for a sequence without a still image
 */
export async function readAvif(source: Buffer, maxPixels: number): Promise<Readable> {
  const item = readMainItem(source);
  if (!item) throw hasSequence(source) ? unsupported(SEQUENCE_ALONE) : damaged('avif', 'header');
  const file = { bytes: withAvifBrand(source), format: 'avif' as const, maxPixels };
  const colour = readHeifColour(item.properties);
  const header = await readHeader(file);
  const frames = Math.max(header.pages ?? 1, countSequenceFrames(source));
  const { colours, faulty } = faultsOf(item, colour);
  if (!faulty) return { bytes: file.bytes, frames, depth: colour.depth };
  checkPixels('avif', header.width, header.height, maxPixels);
  const read = await readRaw(file, colour.depth);
  // libvips shifts ten or twelve bits to the upper end of sixteen.
  const most = colour.depth > 8 ? ((1 << colour.depth) - 1) << (16 - colour.depth) : 0xff;
  const pixels = { ...read, most };
  if (isNarrowGrey(colour)) stretchNarrowRange(pixels);
  if (item.premultiplied) undoPremultiplication(pixels);
  allowOnly('tiff');
  return {
    bytes: pixelsToTiff(pixels, { colours, profile: colour.profile }),
    frames,
    metadata: [...(header.exif ? ['EXIF'] : []), ...(header.xmp ? ['XMP'] : [])],
    depth: colour.depth,
    colour: colours?.name,
  };
}

const SEQUENCE_ALONE = {
  'zh-CN': '没有静态主图的 AVIF 动画',
  en: 'an AVIF animation without a still image',
};

function faultsOf(item: MainItem, colour: HeifColour) {
  const { nclx, profile, peak } = colour;
  const colours = nclx && !profile ? cicpColours(nclx.primaries, nclx.transfer, peak) : undefined;
  const faulty = colours !== undefined || isNarrowGrey(colour) || (item.premultiplied && item.hasAlpha);
  return { colours, faulty };
}

/** libheif stretches the range while it converts YCbCr, which grey does not need. */
function isNarrowGrey({ monochrome, nclx }: HeifColour): boolean {
  return monochrome && nclx?.fullRange === false;
}

/** libvips takes a file by its first brand, and knows neither that of a sequence nor those of profiles. */
function withAvifBrand(source: Buffer): Buffer {
  if (source.toString('latin1', 8, 12) === 'avif') return source;
  const copy = Buffer.from(source);
  copy.write('avif', 8, 'latin1');
  return copy;
}

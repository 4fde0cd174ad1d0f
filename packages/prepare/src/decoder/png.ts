import { unsupported } from '../errors.js';
import { cicpColours } from './colour/cicp.js';
import {
  type ColourSpace,
  isPossible,
  isSrgb,
  type Primaries,
  SRGB_PRIMARIES,
  type Xy,
} from './colour/space.js';
import { checkPixels } from './damage.js';
import { allowOnly, readHeader, readRaw } from './libvips.js';
import { pngChunks } from './png-chunks.js';
import { stretchNarrowRange } from './raw.js';
import type { Readable } from './readable.js';
import { pixelsToTiff } from './redrawn.js';
import { stripMetadata } from './strip-metadata.js';

/**
 * Reads a PNG for libvips: as it is, or its pixels, where its colours are told by `cICP` or by `gAMA` and `cHRM`, which libvips
 * does not read.
 *
 * @throws PrepareError `DAMAGED`, `TOO_MANY_PIXELS`, `FORMAT_UNSUPPORTED` for a PNG that only Apple's tools read
 */
export async function readPng(source: Buffer, maxPixels: number): Promise<Readable> {
  // Texts may inflate to gigabytes, and a decoder reads them first. EXIF stays, for the orientation.
  const png = stripMetadata('png', source, 'keep')?.bytes ?? source;
  const chunks = pngChunks(png);
  if (chunks.has('CgBI')) throw unsupported(FOR_IOS, 'original');
  const depth = depthOf(chunks.get('IHDR'));
  const narrow = isNarrow(chunks.get('cICP'));
  const colours = coloursOf(chunks);
  if (!colours && !narrow) return { bytes: png, depth };
  const file = { bytes: png, format: 'png' as const, maxPixels };
  const header = await readHeader(file);
  checkPixels('png', header.width, header.height, maxPixels);
  const pixels = await readRaw(file, depth);
  if (narrow) stretchNarrowRange(pixels);
  allowOnly('tiff');
  return {
    bytes: pixelsToTiff(pixels, { colours, orientation: header.orientation }),
    depth,
    colour: colours?.name ?? 'sRGB, limited range',
  };
}

const FOR_IOS = { 'zh-CN': '为 iOS 优化的 PNG（CgBI）', en: 'a PNG made for iOS apps (CgBI)' };

type Chunks = ReadonlyMap<string, Buffer>;

/** Bits of a component; the colours of a palette have eight. */
function depthOf(header: Buffer | undefined): number {
  const [bits = 8, type] = [header?.[8], header?.[9]];
  return type === PALETTE ? 8 : bits;
}

const PALETTE = 3;

/** PNG (third edition) 4.3: cICP goes before iCCP, iCCP before sRGB, sRGB before gAMA and cHRM. */
function coloursOf(chunks: Chunks): ColourSpace | undefined {
  const cicp = chunks.get('cICP');
  if (cicp && cicp.length >= 4) {
    return cicpColours(cicp.readUInt8(0), cicp.readUInt8(1), peakOf(chunks));
  }
  if (chunks.has('iCCP') || chunks.has('sRGB')) return undefined;
  return calibrated(chunks.get('gAMA'), chunks.get('cHRM'));
}

/** The last byte of cICP tells whether the numbers use the full range, which nearly every PNG does. */
function isNarrow(cicp: Buffer | undefined): boolean {
  return cicp !== undefined && cicp.length >= 4 && cicp.readUInt8(3) === 0;
}

/** cLLI: the brightest pixel; mDCV: the brightest light of the screen, after its primaries. Both in 1/10,000 nit. */
function peakOf(chunks: Chunks): number | undefined {
  const [light, screen] = [chunks.get('cLLI'), chunks.get('mDCV')];
  if (light && light.length >= 4 && light.readUInt32BE(0) > 0) return light.readUInt32BE(0) / 10_000;
  return screen && screen.length >= 20 ? screen.readUInt32BE(16) / 10_000 : undefined;
}

/** Like browsers, it takes cHRM only beside gAMA. Values that mean sRGB, as many programs write them, are left alone. */
function calibrated(gama: Buffer | undefined, chrm: Buffer | undefined): ColourSpace | undefined {
  const gamma = gama && gama.length >= 4 ? gama.readUInt32BE(0) / UNIT : 0;
  if (gamma === 0) return undefined;
  const primaries = chrm && chrm.length >= 32 ? primariesOf(chrm) : SRGB_PRIMARIES;
  if (isSrgb(primaries, 1 / gamma)) return undefined;
  return {
    name: chrm ? 'gAMA, cHRM' : 'gAMA',
    primaries,
    toLight: (value) => value ** (1 / gamma),
  };
}

/** Both chunks count in 1/100,000. */
const UNIT = 100_000;

/** White, red, green, blue, each as x and y. Nonsense is as good as none. */
function primariesOf(chrm: Buffer): Primaries {
  const xy = (place: number): Xy => [
    chrm.readUInt32BE(8 * place) / UNIT,
    chrm.readUInt32BE(8 * place + 4) / UNIT,
  ];
  const primaries = { white: xy(0), red: xy(1), green: xy(2), blue: xy(3) };
  return isPossible(primaries) ? primaries : SRGB_PRIMARIES;
}

import type { ImageFacts } from '../facts.js';
import type { SourceFormat } from '../formats.js';
import { isUploadable } from '../uploadable.js';
import type { OpenedImage } from './open.js';
import { profileName } from './profile-name.js';
import { type Stripped, stripMetadata } from './strip-metadata.js';
import { readTransparency } from './transparency.js';

/** The facts for the plan, and the file without its metadata, if it can be made. */
export interface Examined {
  readonly facts: ImageFacts;
  readonly stripped: Buffer | undefined;
}

/** @throws PrepareError `DAMAGED`, if the pixels have to be decoded */
export async function readFacts(image: OpenedImage, source: Buffer): Promise<Examined> {
  const { format, header } = image;
  const strips = format === 'jpg' || format === 'png';
  const stripped = strips ? stripMetadata(format, source) : undefined;
  const facts: ImageFacts = {
    format,
    bytes: source.length,
    width: header.autoOrient.width,
    height: header.autoOrient.height,
    orientation: header.orientation ?? 1,
    frames: Math.max(image.read.frames ?? header.pages ?? 1, stripped?.frames ?? 1),
    ...colourOf(image),
    coding: image.read.coding,
    uploadable: strips && isUploadable(stripped?.bytes ?? source),
    depth: image.read.depth ?? DEPTHS.get(header.depth) ?? 8,
    ...(await readTransparency(image)),
    lossless: isLossless(format, source),
    metadata: strips ? strippable(stripped) : besides(image),
    strippedBytes: stripped?.bytes.length,
  };
  return { facts, stripped: stripped?.bytes };
}

/** A file that cannot be parsed may contain anything, so it is rendered again. */
function strippable(stripped: Stripped | undefined): readonly string[] {
  return stripped?.removed ?? ['unknown parts'];
}

function besides({ header, read: { metadata = [] } }: OpenedImage): readonly string[] {
  return [...metadata, ...METADATA.filter(({ key }) => header[key]).map(({ name }) => name)];
}

type Header = OpenedImage['header'];

const METADATA = [
  { key: 'exif', name: 'EXIF' },
  { key: 'xmp', name: 'XMP' },
  { key: 'iptc', name: 'IPTC' },
  { key: 'comments', name: 'text' },
] as const satisfies readonly { key: keyof Header; name: string }[];

/** Without a profile, RGB means sRGB, as on the web. */
function colourOf({ header: { space, icc }, read }: OpenedImage): { colour: string; srgb: boolean } {
  if (read.colour !== undefined) return { colour: read.colour, srgb: false };
  const name = SPACES.get(space);
  if (space === 'cmyk') return { colour: 'CMYK', srgb: false };
  if (icc) {
    const profile = profileName(icc);
    const srgb = SRGB_NAMES.test(profile);
    return { colour: srgb ? 'sRGB' : profile, srgb };
  }
  return { colour: name ?? OTHER_SPACES.get(space) ?? space, srgb: name !== undefined };
}

const SPACES: ReadonlyMap<string, string> = new Map([
  ['srgb', 'sRGB'],
  ['rgb16', 'sRGB'],
  ['b-w', 'grey'],
  ['grey16', 'grey'],
]);

const OTHER_SPACES: ReadonlyMap<string, string> = new Map([
  ['scrgb', 'linear sRGB'],
  ['labs', 'Lab'],
]);

const SRGB_NAMES = /^(?!.*linear).*\bsRGB\b/i;

const DEPTHS: ReadonlyMap<string, number> = new Map([
  ['ushort', 16],
  ['short', 16],
  ['uint', 32],
  ['int', 32],
  ['float', 32],
  ['double', 64],
]);

/** A TIFF may contain a JPEG; trying PNG first then costs time but no quality. */
function isLossless(format: SourceFormat, source: Buffer): boolean {
  if (format === 'webp') return source.subarray(0, 4096).includes('VP8L');
  return format === 'png' || format === 'bmp' || format === 'gif' || format === 'tiff';
}

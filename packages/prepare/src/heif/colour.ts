import type { Box } from './boxes.js';

/** What the properties of a HEIF image say about its numbers. */
export interface HeifColour {
  /** The ICC profile, which goes before `nclx`. */
  readonly profile: Buffer | undefined;
  readonly nclx: Nclx | undefined;
  /** Bits of a component. */
  readonly depth: number;
  readonly monochrome: boolean;
  /** The brightest pixel in nits, if the file says it. */
  readonly peak: number | undefined;
}

/** The code points of ITU-T H.273. */
export interface Nclx {
  readonly primaries: number;
  readonly transfer: number;
  /** Whether black is 0 and white the largest number; else they are 16 and 235, of 8 bits. */
  readonly fullRange: boolean;
}

export function readHeifColour(properties: readonly Box[]): HeifColour {
  const colours = properties.filter(({ type, content }) => type === 'colr' && content.length >= 4);
  const kind = ({ content }: Box): string => content.toString('latin1', 0, 4);
  const profile = colours.find((one) => PROFILES.has(kind(one)))?.content.subarray(4);
  const nclx = colours.find((one) => kind(one) === 'nclx' && one.content.length >= 11)?.content;
  return {
    profile,
    nclx: nclx && {
      primaries: nclx.readUInt16BE(4),
      transfer: nclx.readUInt16BE(6),
      fullRange: ((nclx[10] ?? 0) & 0x80) !== 0,
    },
    ...readCoding(properties),
    peak: readPeak(properties),
  };
}

const PROFILES = new Set(['prof', 'rICC']);

/** `av1C` and `hvcC` are the decoder's configuration; `pixi` lists the bits of each channel. */
function readCoding(properties: readonly Box[]): { depth: number; monochrome: boolean } {
  const content = (type: string): Buffer | undefined => properties.find((one) => one.type === type)?.content;
  const [av1, hevc, pixi] = [content('av1C'), content('hvcC'), content('pixi')];
  if (av1 && av1.length >= 4) {
    const flags = av1.readUInt8(2);
    const depth = (flags & 0x40) === 0 ? 8 : (flags & 0x20) === 0 ? 10 : 12;
    return { depth, monochrome: (flags & 0x10) !== 0 };
  }
  if (hevc && hevc.length >= 18) {
    return { depth: 8 + (hevc.readUInt8(17) & 7), monochrome: (hevc.readUInt8(16) & 3) === 0 };
  }
  return { depth: pixi?.[5] ?? 8, monochrome: pixi?.[4] === 1 };
}

/** `clli` begins with the brightest pixel, in nits; `mdcv` has the brightest light of the screen that it was made on. */
function readPeak(properties: readonly Box[]): number | undefined {
  const light = properties.find(({ type, content }) => type === 'clli' && content.length >= 4)?.content;
  const screen = properties.find(({ type, content }) => type === 'mdcv' && content.length >= 24)?.content;
  const brightest = light?.readUInt16BE(0);
  if (brightest !== undefined && brightest > 0) return brightest;
  return screen && screen.readUInt32BE(16) / 10_000;
}

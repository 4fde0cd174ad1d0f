import { type ColourSpace, D65, type Primaries, SRGB_PRIMARIES, srgbToLight } from './space.js';

/**
 * Gives the colours that two code points of ITU-T H.273 mean (`colr nclx` of AVIF and HEIC, `cICP` of PNG).
 *
 * Unknown and unspecified code points mean sRGB. So does the transfer function of BT.709 beside its primaries: cameras and
 * encoders write it into images that were made for sRGB screens, and every viewer shows them as sRGB.
 *
 * @param brightest the brightest pixel of an HDR image in nits, if the file says it
 * @returns undefined if the numbers mean sRGB
 */
export function cicpColours(
  primaries: number,
  transfer: number,
  brightest: number | undefined,
): ColourSpace | undefined {
  const gamut = PRIMARIES.get(primaries) ?? BT709;
  const curve = TRANSFERS.get(transfer) ?? SRGB;
  if (gamut === BT709 && curve === SRGB) return undefined;
  const name = curve === SRGB ? gamut.name : `${gamut.name} ${curve.name}`;
  const colours = { name, primaries: gamut.primaries, toLight: curve.toLight };
  if (curve.hdr === 'HLG') return { ...colours, peak: peakOf(HLG_NITS), systemGamma: HLG_GAMMA };
  return curve.hdr ? { ...colours, peak: peakOf(brightest) } : colours;
}

/** Nits of white in HDR (ITU-R BT.2408). */
const REFERENCE_WHITE = 203;

/** ITU-R BT.2100: HLG is made for a screen of this many nits, and for it the system gamma is 1.2. */
const HLG_NITS = 1000;
const HLG_GAMMA = 1.2;

/** An image that does not say how bright it is was made for 1000 nits, as ST 2094-50 and browsers assume. */
function peakOf(brightest = 1000): number {
  return Math.min(Math.max(brightest, REFERENCE_WHITE), 10_000) / REFERENCE_WHITE;
}

interface Gamut {
  readonly name: string;
  readonly primaries: Primaries;
}

const C = [0.31, 0.316] as const;
const BT709: Gamut = { name: 'BT.709', primaries: SRGB_PRIMARIES };
const BT601: Gamut = {
  name: 'BT.601',
  primaries: { red: [0.63, 0.34], green: [0.31, 0.595], blue: [0.155, 0.07], white: D65 },
};
const P3 = { red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06] } as const;

/** H.273, table 2. The primaries of BT.601 are near those of sRGB, and viewers differ; old video has them. */
const PRIMARIES: ReadonlyMap<number, Gamut> = new Map([
  [
    4,
    {
      name: 'NTSC 1953',
      primaries: { red: [0.67, 0.33], green: [0.21, 0.71], blue: [0.14, 0.08], white: C },
    },
  ],
  [
    5,
    {
      name: 'BT.601 (PAL)',
      primaries: { red: [0.64, 0.33], green: [0.29, 0.6], blue: [0.15, 0.06], white: D65 },
    },
  ],
  [6, BT601],
  [7, BT601],
  [
    8,
    {
      name: 'Film',
      primaries: { red: [0.681, 0.319], green: [0.243, 0.692], blue: [0.145, 0.049], white: C },
    },
  ],
  [
    9,
    {
      name: 'BT.2020',
      primaries: { red: [0.708, 0.292], green: [0.17, 0.797], blue: [0.131, 0.046], white: D65 },
    },
  ],
  [10, { name: 'XYZ', primaries: { red: [1, 0], green: [0, 1], blue: [0, 0], white: [1 / 3, 1 / 3] } }],
  [11, { name: 'DCI-P3', primaries: { ...P3, white: [0.314, 0.351] } }],
  [12, { name: 'Display P3', primaries: { ...P3, white: D65 } }],
  [
    22,
    {
      name: 'EBU 3213',
      primaries: { red: [0.63, 0.34], green: [0.295, 0.605], blue: [0.155, 0.077], white: D65 },
    },
  ],
]);

interface Curve {
  readonly name: string;
  readonly toLight: (value: number) => number;
  readonly hdr?: 'PQ' | 'HLG';
}

const SRGB: Curve = { name: 'sRGB', toLight: srgbToLight };

/** H.273, table 3. Those that are missing, BT.709 and its equals among them, are taken as sRGB. */
const TRANSFERS: ReadonlyMap<number, Curve> = new Map([
  [4, { name: 'gamma 2.2', toLight: (value) => value ** 2.2 }],
  [5, { name: 'gamma 2.8', toLight: (value) => value ** 2.8 }],
  [7, { name: 'SMPTE 240M', toLight: smpte240 }],
  [8, { name: 'linear', toLight: (value) => value }],
  [16, { name: 'PQ (HDR)', toLight: pq, hdr: 'PQ' }],
  [17, { name: 'SMPTE ST 428', toLight: (value) => value ** 2.6 * (52.37 / 48) }],
  [18, { name: 'HLG (HDR)', toLight: hlg, hdr: 'HLG' }],
]);

function smpte240(value: number): number {
  return value < 0.0913 ? value / 4 : ((value + 0.1115) / 1.1115) ** (1 / 0.45);
}

/** ITU-R BT.2100: the numbers of PQ are nits. */
function pq(value: number): number {
  const power = value ** (1 / PQ_M2);
  return (10_000 / REFERENCE_WHITE) * (Math.max(power - PQ_C1, 0) / (PQ_C2 - PQ_C3 * power)) ** (1 / PQ_M1);
}

const PQ_M1 = 2610 / 16384;
const PQ_M2 = (2523 / 4096) * 128;
const PQ_C1 = 3424 / 4096;
const PQ_C2 = (2413 / 4096) * 32;
const PQ_C3 = (2392 / 4096) * 32;

/** ITU-R BT.2100: the light of the scene; the screen adds the system gamma. */
function hlg(value: number): number {
  return value <= 0.5 ? value ** 2 / 3 : (Math.exp((value - HLG_C) / HLG_A) + HLG_B) / 12;
}

const HLG_A = 0.17883277;
const HLG_B = 1 - 4 * HLG_A;
const HLG_C = 0.5 - HLG_A * Math.log(4 * HLG_A);

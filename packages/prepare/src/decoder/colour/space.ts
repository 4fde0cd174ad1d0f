/** A point of the chromaticity diagram (CIE 1931). */
export type Xy = readonly [x: number, y: number];

export interface Primaries {
  readonly red: Xy;
  readonly green: Xy;
  readonly blue: Xy;
  readonly white: Xy;
}

/** How the numbers of an image become light, where the file says so without an ICC profile. */
export interface ColourSpace {
  /** For people. */
  readonly name: string;
  readonly primaries: Primaries;
  /** Gives the light of a number from 0 to 1. 1 is the light of white. HDR gives more for its brightest numbers. */
  readonly toLight: (value: number) => number;
  /** For HDR: the light of its brightest number, as a multiple of white. */
  readonly peak?: number;
  /** For HLG, whose `toLight` gives the light of the scene, at most 1: the gamma of the screen, by luminance (BT.2100). */
  readonly systemGamma?: number;
}

export const D65: Xy = [0.3127, 0.329];

export const SRGB_PRIMARIES: Primaries = {
  red: [0.64, 0.33],
  green: [0.3, 0.6],
  blue: [0.15, 0.06],
  white: D65,
};

/** IEC 61966-2-1. */
export function srgbToLight(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** The inverse of `srgbToLight`. */
export function lightToSrgb(light: number): number {
  return light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
}

/** Tells whether primaries span a triangle, and whether white has light. Files may say anything. */
export function isPossible({ red, green, blue, white }: Primaries): boolean {
  const [ax, ay] = [green[0] - red[0], green[1] - red[1]];
  const [bx, by] = [blue[0] - red[0], blue[1] - red[1]];
  return Math.abs(ax * by - ay * bx) > 0.001 && white[1] > 0.001;
}

/** Tells whether colours are those of sRGB, which programs write with a gamma of 2.2. */
export function isSrgb(primaries: Primaries, gamma: number): boolean {
  const near = (['red', 'green', 'blue', 'white'] as const).every((name) =>
    primaries[name].every((value, index) => Math.abs(value - (SRGB_PRIMARIES[name][index] ?? 0)) <= NEAR),
  );
  return near && Math.abs(gamma - 2.2) <= 0.05;
}

const NEAR = 0.003;

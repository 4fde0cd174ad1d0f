/** Images with distinct corners, and functions to inspect the results. */
import sharp, { type Sharp } from 'sharp';

export type Rgba = readonly [number, number, number, number];

export const RED: Rgba = [220, 30, 30, 255];
export const GREEN: Rgba = [30, 160, 60, 255];
export const BLUE: Rgba = [30, 60, 200, 255];
export const YELLOW: Rgba = [240, 210, 40, 255];
export const CLEAR: Rgba = [0, 0, 0, 0];
export const WHITE: Rgba = [255, 255, 255, 255];

/** Colours from the upper left, by rows. */
export type Corners = readonly [Rgba, Rgba, Rgba, Rgba];

export const CORNERS: Corners = [RED, GREEN, BLUE, YELLOW];

/** Four coloured quarters. */
export function quarters(width: number, height: number, corners: Corners = CORNERS): Sharp {
  const data = Buffer.alloc(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const corner = (y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1);
      data.set(corners[corner] ?? CLEAR, (y * width + x) * 4);
    }
  }
  const opaque = corners.every(([, , , alpha]) => alpha === 255);
  const image = sharp(data, { raw: { width, height, channels: 4 } });
  return opaque ? image.removeAlpha() : image;
}

/** Incompressible pixels, the same in every run. */
export function noise(width: number, height: number, channels: 3 | 4 = 3): Sharp {
  const data = Buffer.alloc(width * height * channels);
  let state = 1;
  for (let at = 0; at < data.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[at] = state >>> 24;
  }
  return sharp(data, { raw: { width, height, channels } });
}

/** Decoded pixels. */
export interface Seen {
  readonly width: number;
  readonly height: number;
  at(x: number, y: number): Rgba;
}

/** Decodes an image as a browser would. */
export async function see(bytes: Uint8Array): Promise<Seen> {
  const { data, info } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return {
    width,
    height,
    at: (x, y) => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)] as unknown as Rgba,
  };
}

/** The distance of two colours in the component that differs most. Fully transparent colours are equal. */
export function distance(one: Rgba, other: Rgba): number {
  if (one[3] === 0 && other[3] === 0) return 0;
  return Math.max(...one.map((value, index) => Math.abs(value - (other[index] ?? 0))));
}

import type { Size } from '../facts.js';
import { openFile, vips } from './libvips.js';
import type { OpenedImage } from './open.js';

/** The use of an alpha channel. */
export interface Transparency {
  /** Whether any pixel is not opaque. */
  readonly transparent: boolean;
  /** The width of the narrowest transparent border, in pixels. */
  readonly clearMargin: number;
}

/** Checks the alpha of every pixel, since programs write the channel even if it is not used. */
export async function readTransparency(image: OpenedImage): Promise<Transparency> {
  if (!image.header.hasAlpha) return { transparent: false, clearMargin: 0 };
  const alpha = openFile(image).extractChannel('alpha').raw({ depth: 'uchar' });
  const { data, info } = await vips(image, alpha.toBuffer({ resolveWithObject: true }));
  return { transparent: data.some((value) => value !== OPAQUE), clearMargin: clearMargin(data, info) };
}

const OPAQUE = 255;

function clearMargin(alpha: Buffer, { width, height }: Size): number {
  let left = width;
  let right = width;
  let top = height;
  let bottom = height;
  for (let y = 0; y < height; y++) {
    const row = alpha.subarray(y * width, (y + 1) * width);
    const first = row.findIndex((value) => value !== 0);
    if (first < 0) continue;
    left = Math.min(left, first);
    right = Math.min(right, width - 1 - row.findLastIndex((value) => value !== 0));
    top = Math.min(top, y);
    bottom = height - 1 - y;
  }
  return Math.min(left, right, top, bottom);
}

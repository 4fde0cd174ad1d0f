import type { Sharp } from 'sharp';
import type { Size } from '../facts.js';
import { sameSize } from '../geometry.js';
import type { Rendering } from '../rendering.js';
import { openFile, openPixels, vips } from './libvips.js';
import type { OpenedImage } from './open.js';

/** Decoded pixels in sRGB, eight bits per channel. */
export interface Pixels extends Size {
  readonly data: Buffer;
  readonly channels: 3 | 4;
}

/** Renders an image: upright, in sRGB, cropped, scaled, placed in its box, with its margin. */
export async function renderImage(image: OpenedImage, rendering: Rendering): Promise<Pixels> {
  const inBox = await toPixels(image, drawInBox(image, rendering));
  const { margin } = rendering;
  if (margin === 0) return inBox;
  const sides = { left: margin, right: margin, top: margin, bottom: margin };
  return toPixels(
    image,
    open(inBox)
      .ensureAlpha()
      .extend({ ...sides, background: CLEAR }),
  );
}

/** Opens pixels for the encoder. */
export function open({ data, width, height, channels }: Pixels): Sharp {
  return openPixels(data, { width, height, channels });
}

const CLEAR = { r: 0, g: 0, b: 0, alpha: 0 };

function drawInBox(image: OpenedImage, { placement, background, transparent }: Rendering): Sharp {
  const { cut, at, box } = placement;
  const pipeline = openFile(image).autoOrient();
  if (!sameSize(cut, upright(image))) pipeline.extract({ ...cut });
  if (background !== undefined) pipeline.flatten({ background });
  if (!sameSize(cut, at)) pipeline.resize({ width: at.width, height: at.height, fit: 'fill' });
  if (!sameSize(at, box)) pipeline.extend({ ...around(at, box), background: background ?? CLEAR });
  pipeline.toColourspace('srgb');
  return transparent ? pipeline.ensureAlpha() : pipeline.removeAlpha();
}

function upright({ header }: OpenedImage): Size {
  return header.autoOrient;
}

function around(at: { left: number; top: number } & Size, box: Size) {
  return {
    left: at.left,
    top: at.top,
    right: box.width - at.left - at.width,
    bottom: box.height - at.top - at.height,
  };
}

async function toPixels(image: OpenedImage, pipeline: Sharp): Promise<Pixels> {
  const output = pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const { data, info } = await vips(image, output);
  return { data, width: info.width, height: info.height, channels: info.channels === 4 ? 4 : 3 };
}

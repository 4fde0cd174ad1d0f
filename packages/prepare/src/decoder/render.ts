import type { Sharp } from 'sharp';
import type { Size } from '../facts.js';
import { sameSize } from '../geometry.js';
import type { Rendering } from '../rendering.js';
import { openFile, openPixels, vips } from './libvips.js';
import type { OpenedPicture } from './open.js';

/** Decoded pixels in sRGB, eight bits a channel. */
export interface Pixels extends Size {
  readonly data: Buffer;
  readonly channels: 3 | 4;
}

/** Draws a picture: upright, in sRGB, cut, scaled, laid in its box, with its margin. */
export async function renderPicture(picture: OpenedPicture, rendering: Rendering): Promise<Pixels> {
  const inBox = await toPixels(picture, drawInBox(picture, rendering));
  const { margin } = rendering;
  if (margin === 0) return inBox;
  const sides = { left: margin, right: margin, top: margin, bottom: margin };
  return toPixels(
    picture,
    open(inBox)
      .ensureAlpha()
      .extend({ ...sides, background: CLEAR }),
  );
}

/** Pixels as an encoder takes them. */
export function open({ data, width, height, channels }: Pixels): Sharp {
  return openPixels(data, { width, height, channels });
}

const CLEAR = { r: 0, g: 0, b: 0, alpha: 0 };

function drawInBox(picture: OpenedPicture, { placement, background, transparent }: Rendering): Sharp {
  const { cut, at, box } = placement;
  const image = openFile(picture).autoOrient();
  if (!sameSize(cut, upright(picture))) image.extract({ ...cut });
  if (background !== undefined) image.flatten({ background });
  if (!sameSize(cut, at)) image.resize({ width: at.width, height: at.height, fit: 'fill' });
  if (!sameSize(at, box)) image.extend({ ...around(at, box), background: background ?? CLEAR });
  image.toColourspace('srgb');
  return transparent ? image.ensureAlpha() : image.removeAlpha();
}

function upright({ header }: OpenedPicture): Size {
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

async function toPixels(picture: OpenedPicture, image: Sharp): Promise<Pixels> {
  const output = image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const { data, info } = await vips(picture, output);
  return { data, width: info.width, height: info.height, channels: info.channels === 4 ? 4 : 3 };
}

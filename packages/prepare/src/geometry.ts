import type { Rectangle, Size } from './facts.js';
import type { Focus } from './options.js';
import type { Fit } from './slots.js';

/** The placement of an image in a box: a part of it is cropped, scaled and placed in the box. */
export interface Placement {
  /** The part of the upright source that is used. */
  readonly cut: Rectangle;
  /** Its position and size in the box. */
  readonly at: Rectangle;
  readonly box: Size;
}

/** Places a part of an image in a box: `crop` fills the box, `pad` and `contain` show all of the part. */
export function place(part: Rectangle, box: Size, fit: Fit, focus: Focus): Placement {
  const across = box.width / part.width;
  const down = box.height / part.height;
  if (fit === 'crop') {
    const { left, top, width, height } = aligned(scaled(box, 1 / Math.max(across, down), part), part, focus);
    return { cut: { left: part.left + left, top: part.top + top, width, height }, at: whole(box), box };
  }
  return { cut: part, at: aligned(scaled(part, Math.min(across, down), box), box, focus), box };
}

/** Places a part of an image so that it fills a box. */
export function stretch(cut: Rectangle, box: Size): Placement {
  return { cut, at: whole(box), box };
}

/** Scales by a factor, to whole pixels; at least one, at most `limit`. */
export function scaled(size: Size, factor: number, limit: Size): Size {
  return {
    width: clamp(Math.round(size.width * factor), limit.width),
    height: clamp(Math.round(size.height * factor), limit.height),
  };
}

export function whole({ width, height }: Size): Rectangle {
  return { left: 0, top: 0, width, height };
}

/** The part of an image inside a margin. */
export function inner({ width, height }: Size, margin: number): Rectangle {
  return { left: margin, top: margin, width: width - 2 * margin, height: height - 2 * margin };
}

export function sameSize(one: Size, other: Size): boolean {
  return one.width === other.width && one.height === other.height;
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, 1), most);
}

/** Places the smaller rectangle in the larger one. */
function aligned({ width, height }: Size, within: Size, focus: Focus): Rectangle {
  return {
    left: Math.floor((within.width - width) * SHARE_BEFORE[focus].across),
    top: Math.floor((within.height - height) * SHARE_BEFORE[focus].down),
    width,
    height,
  };
}

/** The share of the remaining space that comes before the image. */
const SHARE_BEFORE: Readonly<Record<Focus, { across: number; down: number }>> = {
  centre: { across: 0.5, down: 0.5 },
  top: { across: 0.5, down: 0 },
  bottom: { across: 0.5, down: 1 },
  left: { across: 0, down: 0.5 },
  right: { across: 1, down: 0.5 },
};

import { IMAGE_SIDE_LIMIT } from '@coupon-media/apiv3';
import type { ImageFacts, Rectangle, Size } from './facts.js';
import { inner, type Placement, place, sameSize, scaled, stretch, whole } from './geometry.js';
import { type Request, refuseCrop } from './options.js';
import type { Slot } from './slots.js';

/** The kinds of the output. */
export type PreparedKind = 'jpg' | 'png';

/** The rendering of an image. */
export interface Rendering {
  readonly placement: Placement;
  /** The colour behind the image in its box, `#rrggbb`; undefined keeps transparency. */
  readonly background: string | undefined;
  /** Transparent pixels around the box. */
  readonly margin: number;
  /** Whether the margin replaces the image's own. */
  readonly ownMargin: boolean;
  /** Whether the result has transparency. */
  readonly transparent: boolean;
  /** The kinds to try in order: the first that fits into the bytes is used. */
  readonly kinds: readonly PreparedKind[];
  /** Whether the size may be reduced to fit into the bytes. The size of a slot is never reduced. */
  readonly shrinkable: boolean;
}

/**
 * Plans the rendering of an image, whether or not it is necessary.
 *
 * @throws PrepareError `OPTION_INVALID` if the part to keep is not within the image
 */
export function planRendering(facts: ImageFacts, request: Request): Rendering {
  const { slot, background } = request;
  const part = partOf(facts, request);
  const isWhole = sameSize(part, facts);
  // A colour fills the box but not the margin, so with a colour the margin is always added. What margin a part has is not known.
  const ownMargin = slot !== undefined && background === undefined && isWhole && bringsMargin(facts, slot);
  const placement = slot ? placeInSlot(facts, part, request, slot, ownMargin) : stretch(part, drawable(part));
  const margin = slot?.margin ?? 0;
  const bare = background === undefined && (facts.transparent || !sameSize(placement.at, placement.box));
  const transparent = bare || margin > 0;
  const kinds = kindsFor(facts, transparent);
  return { placement, background, margin, ownMargin, transparent, kinds, shrinkable: !slot };
}

/** The result's size, margin included. */
export function outerSize({ placement: { box }, margin }: Rendering): Size {
  return { width: box.width + 2 * margin, height: box.height + 2 * margin };
}

/** Tells whether the pixels of the source already equal the rendering, in an accepted kind. */
export function isDrawnAlready(facts: ImageFacts, rendering: Rendering, { slot }: Request): boolean {
  const { placement, ownMargin, background, transparent } = rendering;
  const sizeFits = slot
    ? sameSize(facts, slot) && (slot.margin > 0 ? ownMargin : sameSize(placement.cut, facts))
    : sameSize(placement.cut, facts) && Math.max(facts.width, facts.height) <= IMAGE_SIDE_LIMIT;
  const kindFits = facts.format === 'png' || (facts.format === 'jpg' && !transparent);
  const asWanted = facts.orientation === 1 && facts.srgb && !(background !== undefined && facts.transparent);
  return sizeFits && kindFits && asWanted && facts.uploadable;
}

/** The part of the image that is used: what was asked for, or all of it. */
function partOf(facts: ImageFacts, { crop }: Request): Rectangle {
  if (crop === undefined) return whole(facts);
  if (crop.left + crop.width > facts.width || crop.top + crop.height > facts.height)
    throw refuseCrop(crop, facts);
  return crop;
}

/** Tells whether an image with the shape of the slot already has a transparent margin of the required share. */
function bringsMargin(facts: ImageFacts, slot: Slot): boolean {
  if (slot.margin === 0 || facts.width * slot.height !== facts.height * slot.width) return false;
  return facts.clearMargin * slot.width >= slot.margin * facts.width;
}

function placeInSlot(
  facts: ImageFacts,
  part: Rectangle,
  { fit, focus }: Request,
  slot: Slot,
  ownMargin: boolean,
): Placement {
  const box = { width: slot.width - 2 * slot.margin, height: slot.height - 2 * slot.margin };
  if (!ownMargin) return place(part, box, fit, focus);
  // The image's own margin is replaced by an exact one: if it were scaled, its edge would blur.
  return stretch(inner(facts, Math.floor((slot.margin * facts.width) / slot.width)), box);
}

/**
 * Gives the size for rendering an image without a slot: its own, unless a side is too long (contract 5.11), or it has so many
 * pixels that no quality would fit into the bytes and trying would take a minute.
 */
function drawable(image: Size): Size {
  const longest = IMAGE_SIDE_LIMIT / Math.max(image.width, image.height);
  const most = Math.sqrt(MOST_PIXELS_DRAWN / (image.width * image.height));
  return scaled(image, Math.min(1, longest, most), image);
}

const MOST_PIXELS_DRAWN = 4096 * 4096;

/** PNG for transparency; for a lossless source PNG is tried first, since it stays lossless; JPG for the rest. */
function kindsFor(facts: ImageFacts, transparent: boolean): readonly PreparedKind[] {
  if (transparent) return ['png'];
  return facts.lossless ? ['png', 'jpg'] : ['jpg'];
}

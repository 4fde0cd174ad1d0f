import { IMAGE_SIDE_LIMIT } from '@coupon-media/apiv3';
import type { ImageFacts, Size } from './facts.js';
import { inner, type Placement, place, sameSize, scaled, stretch, whole } from './geometry.js';
import type { Request } from './options.js';
import type { Slot } from './slots.js';

/** Kinds that are written. */
export type PreparedKind = 'jpg' | 'png';

/** How an image is drawn anew. */
export interface Rendering {
  readonly placement: Placement;
  /** `#rrggbb`, laid behind the image in its box; undefined keeps transparency. */
  readonly background: string | undefined;
  /** Transparent pixels around the box. */
  readonly margin: number;
  /** Whether that margin only takes the place of the image's own. */
  readonly ownMargin: boolean;
  /** Whether the result has transparency. */
  readonly transparent: boolean;
  /** In which kind it is written: the first that keeps within the bytes. */
  readonly kinds: readonly PreparedKind[];
  /** Whether it may be made smaller to keep within the bytes. A slot's size is never given up. */
  readonly shrinkable: boolean;
}

/** How an image would be drawn anew, whether or not it has to be. */
export function planRendering(facts: ImageFacts, request: Request): Rendering {
  const { slot, background } = request;
  // A colour goes behind the image and not into its margin, so then the margin is always put around it.
  const ownMargin = slot !== undefined && background === undefined && bringsMargin(facts, slot);
  const placement = slot
    ? placeInSlot(facts, request, slot, ownMargin)
    : stretch(whole(facts), drawable(facts));
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

/** Whether the source's pixels are what would be drawn, in a kind that is taken. */
export function isDrawnAlready(facts: ImageFacts, rendering: Rendering, { slot }: Request): boolean {
  const { placement, ownMargin, background, transparent } = rendering;
  const sizeFits = slot
    ? sameSize(facts, slot) && (slot.margin > 0 ? ownMargin : sameSize(placement.cut, facts))
    : Math.max(facts.width, facts.height) <= IMAGE_SIDE_LIMIT;
  const kindFits = facts.format === 'png' || (facts.format === 'jpg' && !transparent);
  const asWanted = facts.orientation === 1 && facts.srgb && !(background !== undefined && facts.transparent);
  return sizeFits && kindFits && asWanted;
}

/** Whether an image of the slot's shape has at least the slot's share of clear margin already. */
function bringsMargin(facts: ImageFacts, slot: Slot): boolean {
  if (slot.margin === 0 || facts.width * slot.height !== facts.height * slot.width) return false;
  return facts.clearMargin * slot.width >= slot.margin * facts.width;
}

function placeInSlot(facts: ImageFacts, { fit, focus }: Request, slot: Slot, ownMargin: boolean): Placement {
  const box = { width: slot.width - 2 * slot.margin, height: slot.height - 2 * slot.margin };
  if (!ownMargin) return place(facts, box, fit, focus);
  // Its own margin is cut off and the exact one put in its place: scaled along, its edge would bleed.
  return stretch(inner(facts, Math.floor((slot.margin * facts.width) / slot.width)), box);
}

/**
 * The size at which an image without a slot is drawn anew: its own, unless no side may be as long (contract 5.11), or it
 * has so many pixels that they could not keep within the bytes at any quality, and trying would take a minute.
 */
function drawable(image: Size): Size {
  const longest = IMAGE_SIDE_LIMIT / Math.max(image.width, image.height);
  const most = Math.sqrt(MOST_PIXELS_DRAWN / (image.width * image.height));
  return scaled(image, Math.min(1, longest, most), image);
}

const MOST_PIXELS_DRAWN = 4096 * 4096;

/** PNG for transparency; where a source is exact PNG is tried first, since it stays exact; JPG for the rest. */
function kindsFor(facts: ImageFacts, transparent: boolean): readonly PreparedKind[] {
  if (transparent) return ['png'];
  return facts.lossless ? ['png', 'jpg'] : ['jpg'];
}

import { type SlotName, slots } from '@coupon-media/prepare';
import type { Preparation } from '../server/upload.js';

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What the sliders say: how near, and where among what is free. */
export interface Choice {
  /** 1: as much as the shape allows. */
  readonly zoom: number;
  /** From 0 to 1. */
  readonly across: number;
  /** From 0 to 1. */
  readonly down: number;
}

export const MOST_ZOOM = 5;
export const MIDDLE: Choice = { zoom: 1, across: 0.5, down: 0.5 };

/** The part of an image, in whole pixels of it, whose shape is that of the slot's inner box. */
export function partOf(
  image: Size,
  name: SlotName,
  { zoom, across, down }: Choice,
): Size & { left: number; top: number } {
  const shape = shapeOf(name);
  const widest = Math.min(image.width, image.height * shape);
  const width = within(Math.round(widest / zoom), image.width);
  const height = within(Math.round(width / shape), image.height);
  return {
    left: Math.round((image.width - width) * across),
    top: Math.round((image.height - height) * down),
    width,
    height,
  };
}

/** The choice that gives a part: the other way round. */
export function choiceOf(image: Size, name: SlotName, crop: string | undefined): Choice {
  const [left, top, width, height] = crop?.split(',').map(Number) ?? [];
  if (left === undefined || top === undefined || !width || !height) return MIDDLE;
  const widest = Math.min(image.width, image.height * shapeOf(name));
  return {
    zoom: Math.min(MOST_ZOOM, Math.max(1, widest / width)),
    across: image.width > width ? left / (image.width - width) : 0.5,
    down: image.height > height ? top / (image.height - height) : 0.5,
  };
}

/** @returns the parameter of the door; undefined for the middle, which the server chooses by itself */
export function cropOf(image: Size, name: SlotName, choice: Choice): Preparation['crop'] {
  const { zoom, across, down } = choice;
  if (zoom === 1 && across === 0.5 && down === 0.5) return undefined;
  const { left, top, width, height } = partOf(image, name, choice);
  return [left, top, width, height].join(',');
}

/** Width by height of what an image has to fill. */
function shapeOf(name: SlotName): number {
  const { width, height, margin } = slots[name];
  return (width - 2 * margin) / (height - 2 * margin);
}

function within(value: number, most: number): number {
  return Math.min(Math.max(value, 1), most);
}

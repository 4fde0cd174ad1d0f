import { type SlotName, slots } from '@coupon-media/prepare';
import type { Preparation } from '../server/upload.js';

/** Only what differs from the slot's own way is asked for, so that the answer is the one that no choice would give. */
export function wantedOf(
  slot: SlotName,
  chosen: { readonly [Name in keyof Preparation]: Preparation[Name] | undefined },
): Preparation {
  const isCrop = chosen.fit === 'crop';
  return {
    ...(chosen.fit !== slots[slot].fit && { fit: chosen.fit ?? slots[slot].fit }),
    ...(!isCrop && chosen.focus && chosen.focus !== 'centre' && { focus: chosen.focus }),
    ...(isCrop && chosen.crop && { crop: chosen.crop }),
    ...(chosen.background && { background: chosen.background }),
  };
}

/** An icon needs transparency around it, which `pad` has as well; the others have none. */
export const WAYS: Readonly<Record<SlotName, readonly ('crop' | 'pad' | 'contain')[]>> = {
  icon: ['contain', 'crop', 'pad'],
  background: ['crop', 'pad', 'contain'],
  detail: ['crop', 'pad', 'contain'],
};
export const FOCUSES = ['centre', 'top', 'bottom', 'left', 'right'] as const;

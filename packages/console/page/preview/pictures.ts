import type { SlotName } from '@coupon-media/prepare';
import { say } from '../messages/language.js';
import { PREVIEW } from '../messages/preview.js';
import { MOST_DETAILS } from '../parts/coupon.js';
import { prepareImage } from '../server/prepare.js';
import type { Preparation } from '../server/upload.js';

/** An image of the coupon that is looked at. */
export interface Picture {
  readonly name: string;
  readonly slot: SlotName;
  /** Undefined after a reload, which leaves no file. */
  readonly file: File | undefined;
  /** Undefined: it is sent as it is. */
  readonly preparation: Preparation | undefined;
}

/** A picture that can be shown. */
export interface ShownPicture {
  readonly name: string;
  readonly slot: SlotName;
  readonly image: Blob;
  /** Within this page. */
  readonly address: string;
}

export interface Shown {
  readonly pictures: readonly ShownPicture[];
  /** Why others cannot be shown. */
  readonly problems: readonly string[];
}

/** Of each slot as many as a coupon has. */
export function chosenOf(pictures: readonly Picture[]): readonly Picture[] {
  const of = (slot: SlotName, most: number) => pictures.filter((one) => one.slot === slot).slice(0, most);
  return [...of('icon', 1), ...of('background', 1), ...of('detail', MOST_DETAILS)];
}

/** Asks the server for the bytes that an upload would send, one after another. @throws the signal's reason when it is aborted */
export async function showAll(pictures: readonly Picture[], signal: AbortSignal): Promise<Shown> {
  const shown: Omit<ShownPicture, 'address'>[] = [];
  const problems: string[] = [];
  for (const { file, name, preparation, slot } of pictures) {
    if (!file) {
      problems.push(say(PREVIEW.notHere, { name }));
      continue;
    }
    const made = preparation ? await prepareImage({ file, slot, preparation }, signal) : { image: file };
    if ('code' in made) problems.push(say(PREVIEW.wrong, { name, why: made.text }));
    else shown.push({ name, slot, image: made.image });
  }
  // Made at the end, so that what is given up on the way leaves none behind.
  const addressed = shown.map((one) => ({ ...one, address: URL.createObjectURL(one.image) }));
  return { pictures: addressed, problems };
}

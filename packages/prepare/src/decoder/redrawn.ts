import type { ColourSpace } from './colour/space.js';
import { toSrgb } from './colour/to-srgb.js';
import type { RawPixels } from './raw.js';
import { draftTiff } from './tiff.js';

/** How decoded pixels have to be read, where libvips does not do it. */
export interface Reading {
  /** The colours, if they are not sRGB and no profile says them. */
  readonly colours: ColourSpace | undefined;
  readonly profile?: Uint8Array | undefined;
  /** EXIF orientation, 1 to 8. */
  readonly orientation?: number | undefined;
}

/** Puts pixels into a TIFF of eight bits, in sRGB or with their profile, which is then read like every other image. */
export function pixelsToTiff(pixels: RawPixels, { colours, profile, orientation }: Reading): Buffer {
  const { width, height, channels } = pixels;
  const alpha = channels === 2 || channels === 4;
  const draft = draftTiff({ width, height, channels: alpha ? 4 : 3, profile, orientation });
  if (colours) toSrgb(pixels, colours, draft.pixels);
  else toEightBits(pixels, draft.pixels);
  return draft.file;
}

function toEightBits({ data, channels, most }: RawPixels, out: Uint8Array): void {
  const grey = channels <= 2;
  const step = channels === 2 || channels === 4 ? 4 : 3;
  const byte = (index: number): number => Math.round((255 * (data[index] ?? 0)) / most);
  for (let from = 0, to = 0; from < data.length; from += channels, to += step) {
    out[to] = byte(from);
    out[to + 1] = byte(grey ? from : from + 1);
    out[to + 2] = byte(grey ? from : from + 2);
    if (step === 4) out[to + 3] = byte(from + channels - 1);
  }
}

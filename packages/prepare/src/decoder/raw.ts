import type { Size } from '../facts.js';

/** Decoded pixels as they are stored, in rows from the top down, without gaps. */
export interface RawPixels extends Size {
  readonly data: Uint8Array | Uint16Array;
  /** Grey, grey and alpha, RGB, RGB and alpha. */
  readonly channels: 1 | 2 | 3 | 4;
  /** The number for full light, and for opaque alpha. */
  readonly most: number;
}

/** Undoes the multiplication of colours by alpha, as MIAF and TIFF mean it: on the stored numbers. */
export function undoPremultiplication({ data, channels, most }: RawPixels): void {
  if (channels !== 2 && channels !== 4) return;
  for (let at = 0; at < data.length; at += channels) {
    const alpha = data[at + channels - 1] ?? 0;
    if (alpha === 0 || alpha === most) continue;
    for (let one = at; one < at + channels - 1; one++) {
      data[one] = Math.min(most, Math.round(((data[one] ?? 0) * most) / alpha));
    }
  }
}

/** Stretches numbers from 16 to 235 (of eight bits) to the full range. Alpha has the full range already. */
export function stretchNarrowRange({ data, channels, most }: RawPixels): void {
  const unit = (most + 1) / 256;
  const [black, white] = [16 * unit, 235 * unit];
  const hasAlpha = channels === 2 || channels === 4;
  for (let at = 0; at < data.length; at++) {
    if (hasAlpha && at % channels === channels - 1) continue;
    const value = ((data[at] ?? 0) - black) / (white - black);
    data[at] = Math.round(most * Math.min(Math.max(value, 0), 1));
  }
}

/** Makes everything outside a rectangle transparent. The pixels must have alpha. */
export function clearOutside(
  { data, width, height, channels }: RawPixels,
  { left, top, right, bottom }: { left: number; top: number; right: number; bottom: number },
): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = x >= left && x < right && y >= top && y < bottom;
      if (!inside) data[(y * width + x) * channels + channels - 1] = 0;
    }
  }
}

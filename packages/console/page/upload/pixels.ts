/**
 * How many pixels a picture says that it has, of the kinds that browsers show and coupons do not take: what a tab would decode in its own
 * memory is counted before. Of AVIF and HEIC it is the largest of their pictures, since a thumbnail stands beside it.
 *
 * @param bytes the file, or its beginning
 * @returns undefined if it is none of these kinds, or does not say
 */
export function pixelsOf(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    for (const { has, pixels } of KINDS) if (has(bytes)) return pixels(view, bytes);
  } catch {
    // It ends before it has said so.
  }
  return undefined;
}

interface Kind {
  has(bytes: Uint8Array): boolean;
  /** @throws RangeError if the bytes are too few */
  pixels(view: DataView, bytes: Uint8Array): number | undefined;
}

const KINDS: readonly Kind[] = [
  {
    has: (bytes) => textAt(bytes, 0, 4) === 'GIF8',
    pixels: (view) => view.getUint16(6, true) * view.getUint16(8, true),
  },
  {
    has: (bytes) => textAt(bytes, 0, 4) === 'RIFF' && textAt(bytes, 8, 4) === 'WEBP',
    pixels(view, bytes) {
      const chunk = textAt(bytes, 12, 4);
      // The canvas of an extended file, in 24 bits less one.
      if (chunk === 'VP8X') return (1 + uint24(view, 24)) * (1 + uint24(view, 27));
      // Fourteen bits each; the upper two scale nothing that is decoded.
      if (chunk === 'VP8 ') return (view.getUint16(26, true) & 0x3fff) * (view.getUint16(28, true) & 0x3fff);
      if (chunk !== 'VP8L') return undefined;
      const bits = view.getUint32(21, true);
      return (1 + (bits & 0x3fff)) * (1 + ((bits >>> 14) & 0x3fff));
    },
  },
  {
    has: (bytes) => textAt(bytes, 4, 4) === 'ftyp',
    // Boxes are not walked: the name may stand in other bytes as well, and then a picture is not drawn that could be.
    pixels(view, bytes) {
      let most: number | undefined;
      const until = Math.min(bytes.length - 15, HEAD);
      for (let at = 8; at < until; at += 1) {
        if (textAt(bytes, at, 4) !== 'ispe') continue;
        // After the name: version and flags, width, height.
        most = Math.max(most ?? 0, view.getUint32(at + 8) * view.getUint32(at + 12));
      }
      return most;
    },
  },
];

/** Bytes in which the boxes that describe a picture stand, before its data. */
const HEAD = 64 * 1024;

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) + 65536 * view.getUint8(at + 2);
}

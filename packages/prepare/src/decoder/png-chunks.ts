/** Gives the content of the first chunk of each type before the pixels of a PNG (ISO/IEC 15948), by type. */
export function pngChunks(png: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  for (let at = SIGNATURE; at + 12 <= png.length; ) {
    const type = png.toString('latin1', at + 4, at + 8);
    const end = at + 12 + png.readUInt32BE(at);
    if (end > png.length || type === 'IDAT') break;
    if (!chunks.has(type)) chunks.set(type, png.subarray(at + 8, end - 4));
    at = end;
  }
  return chunks;
}

const SIGNATURE = 8;

/** Finds the contents of the adjacent boxes of a type in `bytes` (ISO/IEC 14496-12). */
export function boxes(bytes: Buffer | undefined, type: string): Buffer[] {
  return boxesIn(bytes)
    .filter((box) => box.type === type)
    .map(({ content }) => content);
}

/** The content of the first box at the end of a path, such as `['moov', 'trak']`. */
export function boxAt(bytes: Buffer | undefined, path: readonly string[]): Buffer | undefined {
  return path.reduce<Buffer | undefined>((within, type) => boxes(within, type)[0], bytes);
}

export interface Box {
  readonly type: string;
  readonly content: Buffer;
}

/** Gives all adjacent boxes in `bytes`. */
export function boxesIn(bytes: Buffer | undefined): Box[] {
  const found: Box[] = [];
  for (let at = 0; bytes && at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    const long = size === LONG && at + 16 <= bytes.length;
    const end = at + (long ? Number(bytes.readBigUInt64BE(at + 8)) : size);
    const start = at + (long ? 16 : 8);
    // A size of 0 means up to the end of the file. Only media data has it, and it comes last.
    if (end < start || end > bytes.length) break;
    found.push({ type: bytes.toString('latin1', at + 4, at + 8), content: bytes.subarray(start, end) });
    at = end;
  }
  return found;
}

/** The size value which means that a 64-bit size follows the type. */
const LONG = 1;

/** The brands in `ftyp`: the major one, then the compatible ones. */
export function heifBrands(bytes: Buffer): string[] {
  const text = bytes.toString('latin1', 0, Math.min(bytes.length, 512));
  if (text.slice(4, 8) !== 'ftyp') return [];
  const end = bytes.readUInt32BE(0);
  return [text.slice(8, 12), ...(text.slice(16, end).match(/.{4}/gs) ?? [])];
}

/** The contents of the boxes of a type that lie side by side in `bytes` (ISO/IEC 14496-12). */
export function boxes(bytes: Buffer | undefined, type: string): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; bytes && at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    const long = size === LONG && at + 16 <= bytes.length;
    const end = at + (long ? Number(bytes.readBigUInt64BE(at + 8)) : size);
    const start = at + (long ? 16 : 8);
    // A size of 0 reaches to the end of the file: only media data is written so, and it comes last.
    if (end < start || end > bytes.length) break;
    if (bytes.toString('latin1', at + 4, at + 8) === type) found.push(bytes.subarray(start, end));
    at = end;
  }
  return found;
}

/** What `meta` holds: it is a full box, with version and flags before its content. */
export function metaBox(bytes: Buffer): Buffer | undefined {
  return boxes(bytes, 'meta')[0]?.subarray(4);
}

/** The size stands behind the type, in 64 bits. */
const LONG = 1;

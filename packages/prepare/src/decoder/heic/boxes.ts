/** Names the metadata among a HEIC's items: `iinf` lists them, each with its type. */
export function readMetadataNames(bytes: Buffer): string[] {
  const [list] = boxes(metaBox(bytes), 'iinf');
  // Version and flags, and then a count, of two bytes in version 0 and of four in later ones.
  const items = boxes(list?.subarray(list[0] === 0 ? 6 : 8), 'infe');
  const names = items.flatMap((item) => NAMES.get(typeOf(item)) ?? []);
  return [...new Set(names)];
}

/** Behind version and flags: an id, which has four bytes since version 3, two bytes of protection, and the type. */
function typeOf(item: Buffer): string {
  const at = item[0] === 3 ? 10 : 8;
  return item.toString('latin1', at, at + 4);
}

const NAMES: ReadonlyMap<string, string> = new Map([
  ['Exif', 'EXIF'],
  ['mime', 'XMP'],
]);

/**
 * Finds a HEIC's ICC profile: among the properties in iprp/ipco, a `colr` of type `prof`. Every phone that photographs in
 * Display P3 writes one. The tiles of an image carry the same one, so the first will do.
 */
export function readColourProfile(bytes: Buffer): Buffer | undefined {
  const [properties] = boxes(metaBox(bytes), 'iprp');
  const [container] = boxes(properties, 'ipco');
  return boxes(container, 'colr')
    .find((colr) => PROFILES.has(colr.toString('latin1', 0, 4)))
    ?.subarray(4);
}

const PROFILES = new Set(['prof', 'rICC']);

/** The contents of the boxes of a type that lie side by side in `bytes` (ISO/IEC 14496-12). */
function boxes(bytes: Buffer | undefined, type: string): Buffer[] {
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
function metaBox(bytes: Buffer): Buffer | undefined {
  return boxes(bytes, 'meta')[0]?.subarray(4);
}

/** The size stands behind the type, in 64 bits. */
const LONG = 1;

/** Names the kinds of metadata in a HEIC: the box `iinf` lists the items with their types. */
export function readMetadataNames(bytes: Buffer): string[] {
  const [list] = boxes(metaBox(bytes), 'iinf');
  // The box begins with version and flags, then a count of two bytes in version 0 and of four in later versions.
  const items = boxes(list?.subarray(list[0] === 0 ? 6 : 8), 'infe');
  const names = items.flatMap((item) => NAMES.get(typeOf(item)) ?? []);
  return [...new Set(names)];
}

/** After version and flags come an id (four bytes since version 3), two bytes of protection, and the type. */
function typeOf(item: Buffer): string {
  const at = item[0] === 3 ? 10 : 8;
  return item.toString('latin1', at, at + 4);
}

const NAMES: ReadonlyMap<string, string> = new Map([
  ['Exif', 'EXIF'],
  ['mime', 'XMP'],
]);

/**
 * Finds the ICC profile of a HEIC: a `colr` of type `prof` among the properties in iprp/ipco. Every phone that takes
 * photographs in Display P3 writes one. The tiles of an image have the same profile, so the first one is used.
 */
export function readColourProfile(bytes: Buffer): Buffer | undefined {
  const [properties] = boxes(metaBox(bytes), 'iprp');
  const [container] = boxes(properties, 'ipco');
  return boxes(container, 'colr')
    .find((colr) => PROFILES.has(colr.toString('latin1', 0, 4)))
    ?.subarray(4);
}

const PROFILES = new Set(['prof', 'rICC']);

/** Gives the contents of the adjacent boxes of a type in `bytes` (ISO/IEC 14496-12). */
function boxes(bytes: Buffer | undefined, type: string): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; bytes && at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    const long = size === LONG && at + 16 <= bytes.length;
    const end = at + (long ? Number(bytes.readBigUInt64BE(at + 8)) : size);
    const start = at + (long ? 16 : 8);
    // A size of 0 means up to the end of the file. Only media data has it, and it comes last.
    if (end < start || end > bytes.length) break;
    if (bytes.toString('latin1', at + 4, at + 8) === type) found.push(bytes.subarray(start, end));
    at = end;
  }
  return found;
}

/** Gives the content of `meta`, a full box with version and flags before its content. */
function metaBox(bytes: Buffer): Buffer | undefined {
  return boxes(bytes, 'meta')[0]?.subarray(4);
}

/** The size value which means that a 64-bit size follows the type. */
const LONG = 1;

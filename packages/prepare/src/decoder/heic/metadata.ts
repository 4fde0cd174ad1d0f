import { boxes, metaBox } from './boxes.js';

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

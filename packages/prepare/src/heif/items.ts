import { type Box, boxAt, boxes, boxesIn } from './boxes.js';

/** What the box `meta` of a HEIF file (ISO/IEC 23008-12) says about its main image. */
export interface MainItem {
  /** The type of the coded image: `hvc1`, `av01`, `jpeg` …; that of the first tile, if the image has tiles. */
  readonly codec: string;
  /** The properties of the main image, and those of its first tile, which apply where the image has none of its own. */
  readonly properties: readonly Box[];
  /** Whether its colours were multiplied by its alpha. */
  readonly premultiplied: boolean;
  /** Whether a further image is its alpha channel. */
  readonly hasAlpha: boolean;
}

/** @returns undefined if the file has no main image, or only a sequence */
export function readMainItem(bytes: Buffer): MainItem | undefined {
  const meta = metaBox(bytes);
  const id = readId(boxes(meta, 'pitm')[0]);
  if (meta === undefined || id === undefined) return undefined;
  const types = readTypes(meta);
  const references = readReferences(meta);
  const chain = codedFrom(id, types, references);
  const codec = types.get(chain.at(-1) ?? id);
  if (codec === undefined) return undefined;
  return {
    codec,
    properties: chain.flatMap((item) => readProperties(meta, item)),
    premultiplied: references.some(({ type, from }) => type === 'prem' && from === id),
    hasAlpha: references.some(({ type, to }) => type === 'auxl' && to.includes(id)),
  };
}

/** Names the kinds of metadata in a HEIF file, from the types of its items. */
export function readMetadataNames(bytes: Buffer): string[] {
  const types = readTypes(metaBox(bytes)).values();
  return [...new Set([...types].flatMap((type) => METADATA_NAMES.get(type) ?? []))];
}

const METADATA_NAMES: ReadonlyMap<string, string> = new Map([
  ['Exif', 'EXIF'],
  ['mime', 'XMP'],
]);

/** Follows a derived image (a grid of tiles, an overlay, a copy) to its first coded one. */
function codedFrom(
  id: number,
  types: ReadonlyMap<number, string>,
  references: readonly Reference[],
): number[] {
  const chain = [id];
  for (let at = id; DERIVED.has(types.get(at) ?? '') && chain.length < DEEPEST; ) {
    const next = references.find(({ type, from }) => type === 'dimg' && from === at)?.to[0];
    if (next === undefined || chain.includes(next)) break;
    chain.push(next);
    at = next;
  }
  return chain;
}

const DERIVED = new Set(['grid', 'iovl', 'iden', 'tmap']);
const DEEPEST = 8;

/** `infe`: after version and flags come an id (four bytes since version 3), two bytes of protection, and the type. */
function readTypes(meta: Buffer | undefined): Map<number, string> {
  const list = boxes(meta, 'iinf')[0];
  // The box begins with version and flags, then a count of two bytes in version 0 and of four in later versions.
  const entries = boxes(list?.subarray(list[0] === 0 ? 6 : 8), 'infe').filter(({ length }) => length >= 12);
  return new Map(
    entries.map((item) => {
      const wide = item[0] === 3;
      const at = wide ? 10 : 8;
      return [wide ? item.readUInt32BE(4) : item.readUInt16BE(4), item.toString('latin1', at, at + 4)];
    }),
  );
}

interface Reference {
  readonly type: string;
  readonly from: number;
  readonly to: readonly number[];
}

/** `iref`: a box per kind of reference: from one item to a counted list of others. Ids have four bytes in version 1. */
function readReferences(meta: Buffer): Reference[] {
  const list = boxes(meta, 'iref')[0];
  if (!list || list.length < 4) return [];
  const bytes = list[0] === 0 ? 2 : 4;
  return boxesIn(list.subarray(4)).flatMap(({ type, content }) => {
    if (content.length < bytes + 2) return [];
    const fitting = Math.floor((content.length - bytes - 2) / bytes);
    const count = Math.min(content.readUInt16BE(bytes), fitting);
    const to = Array.from({ length: count }, (_, index) =>
      content.readUIntBE(bytes + 2 + index * bytes, bytes),
    );
    return [{ type, from: content.readUIntBE(0, bytes), to }];
  });
}

/** `ipma` lists, for each item, places in the table of properties `ipco`, counted from one. */
function readProperties(meta: Buffer, id: number): Box[] {
  const table = boxesIn(boxAt(meta, ['iprp', 'ipco']));
  const lists = boxes(boxes(meta, 'iprp')[0], 'ipma');
  return lists.flatMap((list) => placesOf(list, id)).flatMap((place) => table[place - 1] ?? []);
}

function placesOf(list: Buffer, id: number): number[] {
  const idBytes = list[0] === 0 ? 2 : 4;
  const placeBytes = ((list[3] ?? 0) & 1) === 0 ? 1 : 2;
  for (let at = 8; at + idBytes + 1 <= list.length; ) {
    const item = list.readUIntBE(at, idBytes);
    const count = list[at + idBytes] ?? 0;
    const start = at + idBytes + 1;
    at = start + count * placeBytes;
    if (at > list.length) return [];
    if (item !== id) continue;
    // The highest bit says that the property is essential.
    return Array.from(
      { length: count },
      (_, index) =>
        list.readUIntBE(start + index * placeBytes, placeBytes) & (placeBytes === 1 ? 0x7f : 0x7fff),
    );
  }
  return [];
}

/** `pitm`: version and flags, then the id of the main image. */
function readId(box: Buffer | undefined): number | undefined {
  if (!box || box.length < (box[0] === 0 ? 6 : 8)) return undefined;
  return box[0] === 0 ? box.readUInt16BE(4) : box.readUInt32BE(4);
}

/** Gives the content of `meta`, a full box with version and flags before its content. */
function metaBox(bytes: Buffer): Buffer | undefined {
  return boxes(bytes, 'meta')[0]?.subarray(4);
}

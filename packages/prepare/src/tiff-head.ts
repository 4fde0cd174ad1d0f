/** The numbers of each tag on the first page of a TIFF, at most eight of each. */
export type Page = ReadonlyMap<number, readonly number[]>;

/**
 * Tells whether bytes that begin as TIFF are the raw file of a camera: DNG, NEF, CR2 and ARW are TIFFs whose first page is a
 * thumbnail, which a TIFF reader would return in place of the photograph.
 */
export function isCameraRaw(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 16) return false;
  // BigTIFF has no raw files.
  if (view.getUint16(2, isLittle(view)) !== TIFF) return false;
  if (view.getUint16(8) === CR2) return true;
  const page = firstPage(bytes);
  return (
    page !== undefined && (page.has(DNG_VERSION) || ((page.get(NEW_SUBFILE_TYPE)?.[0] ?? 0) & REDUCED) !== 0)
  );
}

const CR2 = 0x4352;
const NEW_SUBFILE_TYPE = 254;
const REDUCED = 1;
const DNG_VERSION = 50706;

/** @returns the first page of a TIFF or BigTIFF; undefined if it is outside the file */
export function firstPage(bytes: Uint8Array): Page | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 16) return undefined;
  const little = isLittle(view);
  const layout = view.getUint16(2, little) === TIFF ? CLASSIC : BIG;
  const start = layout.offset(view, layout.firstAt, little);
  if (start + layout.countBytes > view.byteLength) return undefined;
  const entries = start + layout.countBytes;
  const fitting = Math.floor((view.byteLength - entries) / layout.entryBytes);
  const count = Math.min(layout.count(view, start, little), fitting);
  const page = new Map<number, readonly number[]>();
  for (let index = 0; index < count; index++) {
    const at = entries + index * layout.entryBytes;
    page.set(view.getUint16(at, little), readValues(view, at, layout, little));
  }
  return page;
}

/** The magic number of TIFF; BigTIFF has 43. */
const TIFF = 42;

function isLittle(view: DataView): boolean {
  return view.getUint8(0) === 0x49;
}

type Read = (view: DataView, at: number, little: boolean) => number;

/** Where a kind of TIFF has its numbers. An entry is a tag, a type, a count, and the value or its offset. */
interface Layout {
  readonly firstAt: number;
  readonly countBytes: number;
  readonly entryBytes: number;
  readonly count: Read;
  readonly offset: Read;
}

const uint32: Read = (view, at, little) => view.getUint32(at, little);
const uint64: Read = (view, at, little) => Number(view.getBigUint64(at, little));

/** TIFF 6.0, section 2. */
const CLASSIC: Layout = {
  firstAt: 4,
  countBytes: 2,
  entryBytes: 12,
  count: (view, at, little) => view.getUint16(at, little),
  offset: uint32,
};
const BIG: Layout = { firstAt: 8, countBytes: 8, entryBytes: 20, count: uint64, offset: uint64 };

const MOST_VALUES = 8;

function readValues(view: DataView, entry: number, layout: Layout, little: boolean): number[] {
  const type = TYPES.get(view.getUint16(entry + 2, little));
  if (!type) return [];
  const valueBytes = (layout.entryBytes - 4) / 2;
  const count = layout.offset(view, entry + 4, little);
  const inline = entry + 4 + valueBytes;
  const at = count * type.bytes <= valueBytes ? inline : layout.offset(view, inline, little);
  const values: number[] = [];
  for (let place = at; values.length < Math.min(count, MOST_VALUES); place += type.bytes) {
    if (place + type.bytes > view.byteLength) break;
    values.push(type.read(view, place, little));
  }
  return values;
}

/** The types of the tags that decide how pixels are read: bytes, 16 and 32 bits. */
const TYPES: ReadonlyMap<number, { bytes: number; read: Read }> = new Map([
  [1, { bytes: 1, read: (view, at) => view.getUint8(at) }],
  [3, { bytes: 2, read: (view, at, little) => view.getUint16(at, little) }],
  [4, { bytes: 4, read: uint32 }],
]);

/**
 * Tells whether bytes that begin as TIFF are the raw file of a camera: DNG, NEF, CR2 and ARW are TIFFs whose first page is a
 * thumbnail, which a TIFF reader would return in place of the photograph.
 */
export function isCameraRaw(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 16) return false;
  const little = view.getUint8(0) === 0x49;
  if (view.getUint16(8) === CR2) return true;
  return firstPageTags(view, little).some(
    ({ tag, value }) => tag === DNG_VERSION || (tag === NEW_SUBFILE_TYPE && (value & REDUCED) !== 0),
  );
}

const CR2 = 0x4352;
const NEW_SUBFILE_TYPE = 254;
const REDUCED = 1;
const DNG_VERSION = 50706;

/** The magic number of TIFF. BigTIFF has 43 and no raw files. */
const TIFF = 42;

/** TIFF 6.0: entries of 12 bytes (tag, type, count, value), preceded by their number in two bytes. */
function firstPageTags(view: DataView, little: boolean): { tag: number; value: number }[] {
  const start = view.getUint32(4, little);
  if (view.getUint16(2, little) !== TIFF || start + 2 > view.byteLength) return [];
  const fitting = Math.floor((view.byteLength - start - 2) / 12);
  const count = Math.min(view.getUint16(start, little), fitting);
  return Array.from({ length: count }, (_, index) => start + 2 + 12 * index).map((at) => ({
    tag: view.getUint16(at, little),
    value: view.getUint32(at + 8, little),
  }));
}

/** HEIF files built box by box (ISO/IEC 14496-12, 23008-12), or changed within. */

/** A box of contents. */
export function box(type: string, ...contents: Uint8Array[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + contents.reduce((sum, { length }) => sum + length, 0));
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...contents]);
}

/** A box that begins with a version and flags of zero. */
function fullBox(type: string, ...contents: Uint8Array[]): Buffer {
  return box(type, Buffer.alloc(4), ...contents);
}

export function ftyp(major: string, ...compatible: string[]): Buffer {
  return box('ftyp', Buffer.from(`${major}\0\0\0\0${compatible.join('')}`, 'latin1'));
}

/** A HEIF whose main image has a type, and nothing else: enough to tell the codec. */
export function heif(brand: string, type: string): Buffer {
  const entry = box('infe', Buffer.from([2, 0, 0, 0, 0, 1, 0, 0]), Buffer.from(`${type}\0`, 'latin1'));
  const meta = fullBox(
    'meta',
    fullBox('pitm', Buffer.from([0, 1])),
    fullBox('iinf', Buffer.from([0, 1]), entry),
  );
  return Buffer.concat([ftyp(brand, brand), meta]);
}

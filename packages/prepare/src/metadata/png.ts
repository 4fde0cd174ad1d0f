import type { Stripped } from '../decoder/strip-metadata.js';

/** ISO/IEC 15948: chunks of length, type, content and checksum, from IHDR to IEND. */
export function stripPng(bytes: Buffer, isKept: (name: string) => boolean): Stripped | undefined {
  const kept: Buffer[] = [bytes.subarray(0, SIGNATURE)];
  const removed = new Set<string>();
  let frames = 1;
  for (let at = SIGNATURE; at + 12 <= bytes.length; ) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    const end = at + 12 + bytes.readUInt32BE(at);
    if (end > bytes.length || !/^[A-Za-z]{4}$/.test(type)) return undefined;
    if (type === 'acTL' && end - at >= 20) frames = Math.max(frames, bytes.readUInt32BE(at + 8));
    const name = NAMES.get(type) ?? type;
    if (KEPT.has(type) || isKept(name)) kept.push(bytes.subarray(at, end));
    else if (isCritical(type)) return undefined;
    else removed.add(name);
    at = end;
    if (type !== 'IEND') continue;
    if (at < bytes.length) removed.add('data after the end');
    return { bytes: removed.size > 0 ? Buffer.concat(kept) : bytes, removed: [...removed], frames };
  }
  return undefined;
}

const SIGNATURE = 8;

/** What pixels and colours depend on. */
const KEPT = new Set([
  ...['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS'],
  ...['sRGB', 'gAMA', 'cHRM', 'iCCP', 'cICP', 'mDCV', 'cLLI', 'sBIT', 'pHYs'],
]);

const NAMES: ReadonlyMap<string, string> = new Map([
  ['eXIf', 'EXIF'],
  ['tEXt', 'text'],
  ['zTXt', 'text'],
  ['iTXt', 'text'],
  ['tIME', 'time'],
  ['acTL', 'animation'],
  ['fcTL', 'animation'],
  ['fdAT', 'animation'],
  ['caBX', 'C2PA'],
]);

/** An upper-case first letter: a decoder that does not know the chunk must not show the picture. */
function isCritical(type: string): boolean {
  return type.charCodeAt(0) < 0x60;
}

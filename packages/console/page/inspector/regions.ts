/** A stretch of a body: a part of its form, or what stands around it. */
export interface Region<Part> {
  readonly kind: 'part' | 'between' | 'end' | 'whole';
  readonly part?: Part;
  /** Of its first byte. */
  readonly from: number;
  /** Of the byte after its last. */
  readonly to: number;
}

interface Placed {
  /** Where it begins in the body; undefined if it is empty. */
  readonly offset?: number;
  readonly bytes: number;
}

/** @returns the stretches of a body in their order, without holes; a part without bytes has none */
export function regionsOf<Part extends Placed>(
  parts: readonly Part[],
  length: number,
): readonly Region<Part>[] {
  const placed = parts.filter((part) => part.offset !== undefined);
  if (placed.length === 0) return length === 0 ? [] : [{ kind: 'whole', from: 0, to: length }];
  const regions: Region<Part>[] = [];
  let at = 0;
  for (const part of placed) {
    const from = part.offset ?? at;
    if (from > at) regions.push({ kind: 'between', from: at, to: from });
    at = from + part.bytes;
    regions.push({ kind: 'part', part, from, to: at });
  }
  if (at < length) regions.push({ kind: 'end', from: at, to: length });
  return regions;
}

import { boxes, metaBox } from './boxes.js';

/**
 * Finds a HEIC's ICC profile: among the properties in iprp/ipco, a `colr` of type `prof`. Every phone that photographs in
 * Display P3 writes one. The tiles of a picture carry the same one, so the first will do.
 */
export function readColourProfile(bytes: Buffer): Buffer | undefined {
  const [properties] = boxes(metaBox(bytes), 'iprp');
  const [container] = boxes(properties, 'ipco');
  return boxes(container, 'colr')
    .find((colr) => PROFILES.has(colr.toString('latin1', 0, 4)))
    ?.subarray(4);
}

const PROFILES = new Set(['prof', 'rICC']);

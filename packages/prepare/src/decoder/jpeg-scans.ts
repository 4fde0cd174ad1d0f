import { damaged } from './damage.js';

/**
 * Refuses a JPG that describes its pixels in too many passes. A scan of a hundred bytes has a decoder visit a million blocks:
 * 900 of them, in a file of 200 KB, take a minute and more.
 *
 * Counted are all places that look like the start of a scan, so that nothing hides behind a broken segment; in what is left
 * beside the picture, a colour profile, chance makes a dozen of them at most.
 *
 * @throws PrepareError `DAMAGED`
 */
export function checkScans(jpg: Buffer): void {
  let scans = 0;
  for (let at = jpg.indexOf(START_OF_SCAN); at >= 0; at = jpg.indexOf(START_OF_SCAN, at + 2)) scans++;
  if (scans > MOST_SCANS) throw damaged('jpg', `it has ${scans} scans`);
}

const START_OF_SCAN = Buffer.from([0xff, 0xda]);

/** Programs write ten or so. */
const MOST_SCANS = 100;

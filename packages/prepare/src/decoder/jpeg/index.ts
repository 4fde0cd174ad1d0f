import type { Text } from '@coupon-media/apiv3';
import type { UncommonCoding } from '../../coding.js';
import { unsupported, type WayOut } from '../../errors.js';
import { damaged } from '../damage.js';
import type { Readable } from '../readable.js';
import { stripMetadata } from '../strip-metadata.js';
import { type Frame, JPEG_LS, readFrame } from './frame.js';
import { repairJpeg } from './repair.js';

/**
 * Reads a JPG for libvips.
 *
 * @throws PrepareError `DAMAGED`, `FORMAT_UNSUPPORTED` for the kinds that libjpeg does not read
 */
export function readJpeg(source: Buffer): Readable {
  // Texts may inflate to gigabytes, and a decoder reads them first. EXIF stays, for the orientation.
  const jpg = stripMetadata('jpg', source, 'keep')?.bytes ?? source;
  const frame = readFrame(jpg);
  const refused = frame && REFUSED.find(({ fits }) => fits(frame));
  if (frame && refused) throw unsupported(refused.name(frame), refused.wayOut);
  checkScans(jpg);
  return {
    ...repairJpeg(jpg, frame),
    depth: frame?.precision,
    coding: CODINGS.get(frame?.marker ?? 0),
  };
}

/** ITU T.81, table B.1, without those that are refused. Viewers show SOF0, SOF1 and SOF2. */
const CODINGS: ReadonlyMap<number, UncommonCoding> = new Map([
  [0xc3, 'lossless'],
  [0xc9, 'arithmetic'],
  [0xca, 'arithmetic'],
]);

interface Refused {
  readonly fits: (frame: Frame) => boolean;
  readonly name: (frame: Frame) => Text;
  readonly wayOut: WayOut;
}

const REFUSED: readonly Refused[] = [
  {
    fits: ({ marker }) => marker === JPEG_LS,
    name: () => ({ 'zh-CN': 'JPEG-LS', en: 'JPEG-LS' }),
    wayOut: 'baseline',
  },
  {
    fits: ({ precision }) => precision !== 8,
    name: ({ precision }) => ({
      'zh-CN': `每通道 ${precision} 位的 JPG`,
      en: `a JPG of ${precision} bits a channel`,
    }),
    wayOut: 'eightBits',
  },
  {
    // SOF5 to SOF7 and SOF13 to SOF15.
    fits: ({ marker }) => (marker & 0x07) >= 5 && marker <= 0xcf,
    name: () => ({ 'zh-CN': '分层编码（hierarchical）的 JPG', en: 'a hierarchical JPG' }),
    wayOut: 'baseline',
  },
  {
    fits: ({ marker }) => marker === 0xcb,
    name: () => ({ 'zh-CN': '无损算术编码的 JPG', en: 'a lossless JPG with arithmetic coding' }),
    wayOut: 'baseline',
  },
  {
    fits: ({ height }) => height === 0,
    name: () => ({
      'zh-CN': '文件头没有高度的 JPG（DNL）',
      en: 'a JPG whose header does not have its height (DNL)',
    }),
    wayOut: 'baseline',
  },
  {
    fits: ({ components }) => ![1, 3, 4].includes(components),
    name: ({ components }) => ({
      'zh-CN': `${components} 个颜色通道的 JPG`,
      en: `a JPG of ${components} colour channels`,
    }),
    wayOut: 'eightBits',
  },
];

/**
 * Refuses a JPG with too many scans. A scan of a hundred bytes makes a decoder visit a million blocks: 900 of them, in a file
 * of 200 KB, take more than a minute.
 *
 * It counts all places that look like the start of a scan, so that a broken segment cannot hide one. In the colour profile, at
 * most a dozen occur by chance.
 *
 * @throws PrepareError `DAMAGED`
 */
function checkScans(jpg: Buffer): void {
  let scans = 0;
  for (let at = jpg.indexOf(START_OF_SCAN); at >= 0; at = jpg.indexOf(START_OF_SCAN, at + 2)) scans++;
  if (scans > MOST_SCANS) throw damaged('jpg', 'scans', { scans });
}

const START_OF_SCAN = Buffer.from([0xff, 0xda]);

/** The limit. Programs write about ten scans. */
const MOST_SCANS = 100;

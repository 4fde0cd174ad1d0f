import { type ImageKind, inspectImage } from './image.js';
import type { Text } from './text.js';

/** Why an image that the service accepts may not be shown as it was meant. */
export type ImageDoubt = 'endMissing' | 'processUncommon';

/**
 * Finds what speaks against an image although the service accepts it. The service reads only headers (contract 5.11), and the URL
 * that it gives is permanent, so ask before sending such an image. Nothing is decoded: an image without doubts may be damaged.
 *
 * - `endMissing`: the file ends before the image does, as after a download that was interrupted. Viewers show a part.
 * - `processUncommon`: a JPEG that is neither baseline nor progressive with 8 bits. Phones and browsers do not show it.
 *
 * @returns none for bytes that {@link inspectImage} refuses
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { imageDoubts, imageDoubtTexts } from '@coupon-media/apiv3';
 *
 * const bytes = readFileSync('coupon.png');
 * for (const doubt of imageDoubts(bytes)) console.log(imageDoubtTexts[doubt].en);
 * console.log(imageDoubts(bytes.subarray(0, 40))); // [ 'endMissing' ]
 * ```
 */
export function imageDoubts(bytes: Uint8Array): readonly ImageDoubt[] {
  const image = inspectImage(bytes);
  return typeof image === 'string' ? [] : DOUBTS[image.kind](bytes);
}

/** What each doubt means, with the way out. */
export const imageDoubtTexts: Readonly<Record<ImageDoubt, Text>> = {
  endMissing: {
    'zh-CN': '图片不完整：文件在图像结束之前就断了，只能显示一部分；请从原处重新获取',
    en: 'the image is incomplete: the file ends before the image does, and only a part can be shown; get it from its origin again',
  },
  processUncommon: {
    'zh-CN': '手机和浏览器显示不了这种 JPG（算术编码、无损或 12 位）；请另存为普通 JPG',
    en: 'phones and browsers do not show this kind of JPG (arithmetic, lossless or 12 bits); save it as an ordinary JPG',
  },
};

const DOUBTS: Readonly<Record<ImageKind, (bytes: Uint8Array) => readonly ImageDoubt[]>> = {
  jpg: jpegDoubts,
  png: (bytes) => unless(hasPngEnd(bytes)),
  bmp: (bytes) => unless(hasBmpRows(bytes)),
};

function unless(whole: boolean): readonly ImageDoubt[] {
  return whole ? [] : ['endMissing'];
}

/**
 * Reads all markers as libjpeg does. Within the data of a scan 0xff is followed by 0x00 or by a restart marker, so that the first
 * other marker ends it. What follows EOI, such as a second image, does not belong to the image.
 */
function jpegDoubts(bytes: Uint8Array): readonly ImageDoubt[] {
  const doubts: ImageDoubt[] = [];
  let scans = 0;
  for (let at = bytes.indexOf(0xff, 2); at >= 0; at = bytes.indexOf(0xff, at)) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === EOI && scans > 0) return doubts;
    if (FRAMES.has(marker) && !isShown(marker, bytes[at + 4])) doubts.push('processUncommon');
    if (marker === SOS) scans++;
    // A fill byte may be the 0xff of the marker itself.
    at += marker === 0xff ? 1 : 2 + (standsAlone(marker) ? 0 : uint16(bytes, at + 2));
  }
  return [...doubts, 'endMissing'];
}

/** SOF0, SOF1 and SOF2: baseline, extended and progressive Huffman coding. */
function isShown(frame: number, precision: number | undefined): boolean {
  return frame <= 0xc2 && precision === 8;
}

const EOI = 0xd9;
const SOS = 0xda;
/** SOF0 to SOF15, less DHT, JPG and DAC, which lie between them. */
const FRAMES = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);

/** 0xff00 of the data, TEM, RST0 to RST7, SOI and EOI have no length. */
function standsAlone(marker: number): boolean {
  return marker <= 0x01 || (marker >= 0xd0 && marker <= EOI);
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** ISO/IEC 15948: chunks of length, type, content and checksum, of which IEND is the last. */
function hasPngEnd(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
    if (view.getUint32(at + 4) === IEND) return true;
  }
  return false;
}

const IEND = 0x49454e44;

/** Rows of a BMP have a known length, unless they are compressed. */
function hasBmpRows(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headers = 14 + view.getUint32(14, true);
  const core = headers === 14 + 12;
  const [width, height, bits] = core
    ? [view.getUint16(18, true), view.getUint16(20, true), view.getUint16(24, true)]
    : [view.getInt32(18, true), Math.abs(view.getInt32(22, true)), view.getUint16(28, true)];
  if (!core && headers >= 14 + 40 && !UNCOMPRESSED.has(view.getUint32(30, true))) return true;
  const pixels = Math.max(headers, view.getUint32(10, true));
  return bytes.length >= pixels + Math.ceil((width * bits) / 32) * 4 * height;
}

/** BI_RGB, BI_BITFIELDS, BI_ALPHABITFIELDS. */
const UNCOMPRESSED = new Set([0, 3, 6]);

import { boxAt, boxes } from './boxes.js';

/** Tells whether a file has a sequence of images, beside a still one or without. */
export function hasSequence(bytes: Buffer): boolean {
  return boxes(bytes, 'moov').length > 0;
}

/** @returns the frames of a sequence of images, such as an animated AVIF: the most samples of a track; 0 without one */
export function countSequenceFrames(bytes: Buffer): number {
  const tracks = boxes(boxes(bytes, 'moov')[0], 'trak');
  return Math.max(0, ...tracks.map(countSamples));
}

/** `stsz`: version and flags, a size that all samples have, and the number of samples. */
function countSamples(track: Buffer): number {
  const sizes = boxAt(track, ['mdia', 'minf', 'stbl', 'stsz']);
  return sizes && sizes.length >= 12 ? sizes.readUInt32BE(8) : 0;
}

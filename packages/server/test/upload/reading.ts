import { createMultipartReader, type MultipartFault } from '@coupon-media/apiv3';
import type { ReadPart } from './corpus.js';

/** What a reader reported about a form. */
export interface Reading {
  parts: ReadPart[];
  /** Whether the end of the last part was reported. */
  ended: boolean;
  fault: MultipartFault | undefined;
}

/** Reads a form that arrives in these chunks. */
export function read(
  contentType: string | undefined,
  chunks: Iterable<Buffer>,
  onData: (bytes: Buffer) => void = () => {},
): Reading {
  const parts: ReadPart[] = [];
  let ended = true;
  const reader = createMultipartReader(contentType, {
    partBegin(name) {
      parts.push({ name: name ?? null, content: '' });
      ended = false;
    },
    partData(bytes) {
      const part = parts.at(-1);
      if (!part || ended) throw new Error('bytes of no part');
      if (bytes.length === 0) throw new Error('told of no bytes');
      onData(bytes);
      part.content += bytes.toString('latin1');
    },
    partEnd() {
      if (ended) throw new Error('a part ended twice');
      ended = true;
    },
  });
  for (const chunk of chunks) reader.write(chunk);
  return { parts, ended, fault: reader.end() };
}

/** Splits a buffer at these ascending offsets. */
export function cut(bytes: Buffer, ...offsets: number[]): Buffer[] {
  return [0, ...offsets].map((from, at) => bytes.subarray(from, offsets[at]));
}

/** Splits a buffer into single bytes. */
export function oneByOne(bytes: Buffer): Buffer[] {
  return Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
}

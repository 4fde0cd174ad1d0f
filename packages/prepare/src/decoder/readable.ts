import type { UncommonCoding } from '../coding.js';

/** The bytes for libvips, and what a reader found that libvips does not tell. */
export interface Readable {
  readonly bytes: Buffer;
  readonly frames?: number;
  readonly metadata?: readonly string[];
  /** Bits of a component in the source. */
  readonly depth?: number | undefined;
  /** The name of the colours that were converted to sRGB already. */
  readonly colour?: string | undefined;
  /** Whether a JPG has an end. */
  readonly complete?: boolean;
  /** The coding of a JPG, if viewers do not show it. */
  readonly coding?: UncommonCoding | undefined;
}

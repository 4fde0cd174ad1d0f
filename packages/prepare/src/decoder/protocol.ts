import type { TextValues } from '@coupon-media/apiv3';
import type { Change } from '../changes.js';
import type { PrepareErrorCode } from '../errors.js';
import type { ImageFacts, Size } from '../facts.js';
import type { SourceFormat } from '../formats.js';
import type { Limits, Request } from '../options.js';
import type { PreparedKind } from '../rendering.js';

/** What a decoding process is asked to do. */
export interface Task {
  readonly source: Buffer;
  readonly format: SourceFormat;
  readonly limits: Limits;
  /** How to prepare the image; undefined only examines it. */
  readonly request: Request | undefined;
}

/** An image that was made. */
export interface Made extends Size {
  /** undefined: the source's bytes, as they are. */
  readonly bytes: Uint8Array | undefined;
  readonly kind: PreparedKind;
  readonly changes: readonly Change[];
}

/** What a decoding process found, and what it made if it was asked to. */
export interface Result {
  readonly facts: ImageFacts;
  readonly made: Made | undefined;
}

/** What a decoding process answers. */
export interface DecoderResponse {
  readonly outcome: Result | Refused | Failed;
  /** Bytes of memory that the process holds after it. */
  readonly held: number;
}

export interface Refused {
  readonly refusal: { readonly code: PrepareErrorCode; readonly values: TextValues };
}

/** A fault of ours, not of the image. */
export interface Failed {
  readonly failure: string;
}

import type { TextValues } from '@coupon-media/apiv3';
import type { Change } from '../changes.js';
import type { PrepareErrorCode } from '../errors.js';
import type { ImageFacts, Size } from '../facts.js';
import type { SourceFormat } from '../formats.js';
import type { Request, TaskLimits, ThumbnailBounds } from '../options.js';
import type { PreparedKind } from '../rendering.js';

/** A task for the decoding process. */
export interface Task {
  readonly source: Buffer;
  readonly format: SourceFormat;
  readonly limits: TaskLimits;
  /** The options of the preparation; undefined means to examine only. */
  readonly request: Request | undefined;
  /** Draws a thumbnail, and examines nothing. */
  readonly thumbnail?: ThumbnailBounds | undefined;
}

/** The prepared image. */
export interface Made extends Size {
  /** The new bytes; undefined if the source stays unchanged. */
  readonly bytes: Uint8Array | undefined;
  readonly kind: PreparedKind;
  readonly changes: readonly Change[];
}

/** The facts of the source, and the prepared image, if it was requested. */
export interface Result {
  readonly facts: ImageFacts;
  readonly made: Made | undefined;
}

/** The thumbnail that was requested. */
export interface Drawn {
  readonly thumbnail: Uint8Array;
}

/** The response of a decoding process. */
export interface DecoderResponse {
  readonly outcome: Result | Drawn | Refused | Failed;
  /** Bytes of memory that the process uses after the task. */
  readonly held: number;
}

export interface Refused {
  readonly refusal: {
    readonly code: PrepareErrorCode;
    readonly values: TextValues;
    /** What the library said, for engineers. */
    readonly cause: string | undefined;
  };
}

/** A bug of this package, not a fault of the image. */
export interface Failed {
  readonly failure: string;
}

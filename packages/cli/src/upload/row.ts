import type { Problem } from './problem.js';

/**
 * What became of a picture: `uploaded` now; `known` from an earlier run; `same` as another of this run, byte by byte;
 * `ready` to be sent, in a dry run; `failed`; or `untried`, since the run ended before its turn.
 */
export type Status = 'uploaded' | 'known' | 'same' | 'ready' | 'failed' | 'untried';

/** One picture of a run. */
export interface Row {
  /** As it was named, exactly. */
  readonly path: string;
  readonly status: Status;
  /** As meta carries it. */
  readonly filename?: string | undefined;
  /** Of the bytes that were sent, or would be: 64 hex digits. */
  readonly sha256?: string | undefined;
  readonly bytes?: number | undefined;
  readonly imageUrl?: string | undefined;
  readonly requestId?: string | undefined;
  /** What was changed before it was sent, a sentence each. */
  readonly changes?: readonly string[] | undefined;
  readonly problem?: Problem | undefined;
}

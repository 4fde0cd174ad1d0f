import type { PathProblem } from '../discovery/find.js';
import type { Say } from '../messages/messages.js';
import { systemReason } from '../shell/failure.js';
import type { UploadProblem } from './problem.js';

/**
 * What became of an image: `uploaded` now; `known` from an earlier run; `same` as another of this run, byte by byte;
 * `ready` to be sent, in a dry run; `failed`; or `untried`, since the run ended before its turn.
 */
export type Status = 'uploaded' | 'known' | 'same' | 'ready' | 'failed' | 'untried';

/** One image of a run. */
export interface UploadRow {
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
  readonly problem?: UploadProblem | undefined;
}

/** What was asked for and is not to be had, as failures beside the others. */
export function withPathProblems(
  rows: readonly UploadRow[],
  problems: readonly PathProblem[],
  say: Say,
): UploadRow[] {
  return [...rows, ...problems.map((problem) => rowOf(problem, say))];
}

function rowOf({ path, key, values, cause }: PathProblem, say: Say): UploadRow {
  const reason = systemReason(cause, say);
  const remedy =
    key === 'find.noImages' || key === 'find.noMatch' ? 'remedy.noImages' : 'remedy.SOURCE_UNREADABLE';
  const problem = {
    code: 'SOURCE_UNREADABLE',
    reason: say(key, values) + (reason ? `: ${reason}` : ''),
    remedy: say(remedy),
    scope: 'one' as const,
  };
  // An image's row has its path in it: a key that was named in place of one has none.
  const named = typeof path === 'string' ? path : say('find.given', { what: path });
  return { path: named, status: 'failed', problem };
}

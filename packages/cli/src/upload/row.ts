import type { PathProblem } from '../discovery/find.js';
import type { Translator } from '../messages/messages.js';
import { systemReason } from '../shell/failure.js';
import type { UploadProblem } from './problem.js';

/**
 * The result of an image: `uploaded` now; `known` from an earlier run; the `same` bytes as another image of this run; `ready`
 * to be sent, in a dry run; `failed`; or `untried`, since the run ended early.
 */
export type Status = 'uploaded' | 'known' | 'same' | 'ready' | 'failed' | 'untried';

/** One image of a run. */
export interface UploadRow {
  /** The path exactly as given. */
  readonly path: string;
  readonly status: Status;
  /** As meta carries it. */
  readonly filename?: string | undefined;
  /** The digest of the bytes that were or would be sent: 64 hex digits. */
  readonly sha256?: string | undefined;
  readonly bytes?: number | undefined;
  readonly imageUrl?: string | undefined;
  readonly requestId?: string | undefined;
  /** The changes before it was sent, one sentence each. */
  readonly changes?: readonly string[] | undefined;
  readonly problem?: UploadProblem | undefined;
}

/** Adds the paths that could not be found or read to the rows, as failures. */
export function withPathProblems(
  rows: readonly UploadRow[],
  problems: readonly PathProblem[],
  translator: Translator,
): UploadRow[] {
  return [...rows, ...problems.map((problem) => rowOf(problem, translator))];
}

function rowOf({ path, key, values, cause }: PathProblem, { say, language }: Translator): UploadRow {
  const reason = systemReason(cause, language);
  const remedy =
    key === 'find.noImages' || key === 'find.noMatch' ? 'remedy.noImages' : 'remedy.SOURCE_UNREADABLE';
  const problem = {
    code: 'SOURCE_UNREADABLE',
    reason: reason ? say('failure.path', { path: say(key, values), reason }) : say(key, values),
    remedy: say(remedy),
    scope: 'one' as const,
  };
  // The row of an image has its path, but a key given in place of a path must not be shown.
  const named = typeof path === 'string' ? path : say('find.given', { what: path });
  return { path: named, status: 'failed', problem };
}

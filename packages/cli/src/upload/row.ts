import path from 'node:path';
import type { FoundImages, PathProblem } from '../discovery/find.js';
import type { LeftOut } from '../discovery/left-out.js';
import type { MessageKey, Translator } from '../messages/messages.js';
import { systemReason } from '../shell/failure.js';
import type { UploadProblem } from './problem.js';

/**
 * The result of an image: `uploaded` now; `known` from an earlier run; the `same` bytes as another image of this run; `ready`
 * to be sent, in a dry run; `needs-prepare`, since it is an image of a kind that only --prepare turns into one that can be
 * sent; `failed`; `untried`, since the run ended early; or `left-out`: files that are not images, or that machines left.
 */
export type Status =
  | 'uploaded'
  | 'known'
  | 'same'
  | 'ready'
  | 'needs-prepare'
  | 'failed'
  | 'untried'
  | 'left-out';

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
  /** Pixels. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** The place in the coupon. */
  readonly slot?: string | undefined;
  /** When it was uploaded, now or earlier: RFC 3339. */
  readonly uploadedAt?: string | undefined;
  readonly imageUrl?: string | undefined;
  readonly requestId?: string | undefined;
  /** The changes before it was sent, one sentence each. */
  readonly changes?: readonly string[] | undefined;
  readonly problem?: UploadProblem | undefined;
  /** For files that are left out: their number, and why. */
  readonly leftOut?: { readonly count: number; readonly reason: string } | undefined;
}

/** The rows beside those of the images: the paths that could not be found or read, as failures, and what is left out. */
export function otherRows({ problems, leftOut }: FoundImages, translator: Translator): UploadRow[] {
  return [
    ...problems.map((problem) => rowOf(problem, translator)),
    ...leftOut.map((files) => leftOutRow(files, translator)),
  ];
}

/** @returns the sentence for files that are left out */
export function leftOutReason({ reason }: LeftOut, { say }: Translator): string {
  return say(LEFT_OUT_REASONS[reason]);
}

const LEFT_OUT_REASONS = {
  other: 'leftOut.other',
  machine: 'leftOut.machine',
  hidden: 'leftOut.hidden',
  link: 'leftOut.link',
} as const satisfies Record<LeftOut['reason'], MessageKey>;

function leftOutRow(files: LeftOut, translator: Translator): UploadRow {
  const { from, form, count } = files;
  const reason = leftOutReason(files, translator);
  return { path: path.join(from, form), status: 'left-out', leftOut: { count, reason } };
}

function rowOf({ path, key, values, cause }: PathProblem, { say, language }: Translator): UploadRow {
  const reason = systemReason(cause, language);
  const problem = {
    code: 'SOURCE_UNREADABLE',
    reason: reason ? say('failure.path', { path: say(key, values), reason }) : say(key, values),
    remedy: say(PATH_REMEDIES[key] ?? 'remedy.SOURCE_UNREADABLE'),
    scope: 'one' as const,
  };
  // The row of an image has its path, but a key given in place of a path must not be shown.
  const named = typeof path === 'string' ? path : say('find.given', { what: path });
  return { path: named, status: 'failed', problem };
}

const PATH_REMEDIES: Readonly<Partial<Record<MessageKey, MessageKey>>> = {
  'find.noImages': 'remedy.noImages',
  'find.noMatch': 'remedy.noImages',
  'find.notUtf8': 'remedy.notUtf8',
};

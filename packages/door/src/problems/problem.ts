import { BilingualError, type Language, type Text } from '@coupon-media/apiv3';
import { PROBLEMS, type ProblemCode } from './table.js';

/** Says that a request cannot be done, and why. One place turns it into a response. */
export class Problem extends BilingualError {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly more: ProblemMembers;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, detail: Text, { more = {}, headers = {}, cause }: ProblemOptions = {}) {
    super(detail, { cause });
    this.code = code;
    this.more = more;
    this.headers = headers;
  }
}

interface ProblemOptions {
  readonly more?: ProblemMembers;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** Members beside those of RFC 9457. */
export interface ProblemMembers {
  /** What was wrong with which parameter. */
  readonly errors?: readonly { readonly parameter: string; readonly detail: string }[];
  /** What upstream said, unchanged. */
  readonly upstream?: {
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly request_id?: string;
  };
  /** The code of the refusal or of the preparation's error, for programs. */
  readonly reason?: string;
}

/** A problem as it is written (RFC 9457). Programs decide by `code`. */
export interface ProblemBody extends ProblemMembers {
  readonly type: string;
  readonly code: ProblemCode;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}

export function problemBody({ code, texts, more }: Problem, language: Language): ProblemBody {
  const { status, title } = PROBLEMS[code];
  return { type: `${TYPE}${code}`, code, title: title[language], status, detail: texts[language], ...more };
}

/** A name, as RFC 9457 allows: nothing is served there. */
const TYPE = 'tag:coupon-media.example,2026:';

export const PROBLEM_TYPE = 'application/problem+json';

import { NetworkError, type TimeoutError } from './errors.js';
import type { ReceivedResponse } from './response.js';

/** What an attempt came to. */
export type Outcome = ReceivedResponse | { error: NetworkError | TimeoutError };

/** Milliseconds. Back off 1, 2, 4 s, at most three retries (contract 6.2). */
export const BACKOFF: readonly number[] = [1_000, 2_000, 4_000];

/** Seconds of `Retry-After` beyond which waiting is the caller's to decide. */
const LONGEST_RETRY_AFTER = 60;

export interface RetryQuestion {
  /** The attempt that just ended, from 1. */
  attempt: number;
  /** Retries allowed, at most three. */
  retries: number;
  /** Whether a second arrival does no harm. */
  idempotent: boolean;
  /** Seconds, where the response carries `Retry-After`. */
  retryAfter: number | undefined;
  /** From 0 up to 1. */
  random: number;
}

/**
 * @returns the milliseconds to wait before the next attempt: never less than the back-off or `Retry-After`, and up to a
 * quarter more, so that clients which failed together do not come back together; undefined where there is none
 */
export function retryDelay(outcome: Outcome, question: RetryQuestion): number | undefined {
  const { attempt, retries, idempotent, retryAfter = 0, random } = question;
  const backoff = BACKOFF[attempt - 1];
  if (backoff === undefined || attempt > retries || retryAfter > LONGEST_RETRY_AFTER) return undefined;
  if (!(idempotent ? isPassing(outcome) : wasNotDone(outcome))) return undefined;
  return Math.round(Math.max(backoff, retryAfter * 1000) * (1 + random / 4));
}

/** Retried are 429, 5xx and network failures, nothing else (contract 6.2). */
function isPassing(outcome: Outcome): boolean {
  return 'error' in outcome || outcome.response.status === 429 || isHostFailure(outcome);
}

/** Whether the service has certainly done nothing, so that even what must not happen twice may be sent again. */
function wasNotDone(outcome: Outcome): boolean {
  if ('response' in outcome) return outcome.response.status === 429;
  const { error } = outcome;
  return error instanceof NetworkError ? !error.sent : error.phase === 'connect';
}

/** Whether another host may do better: no response, or 5xx. */
export function isHostFailure(outcome: Outcome): boolean {
  return 'error' in outcome || outcome.response.status >= 500;
}

import { NetworkError, type TimeoutError } from './errors.js';
import type { ReceivedResponse } from './response.js';

/** The outcome of an attempt. */
export type Outcome = ReceivedResponse | { error: NetworkError | TimeoutError };

/** Milliseconds. Back off 1, 2, 4 s, at most three retries (contract 6.2). */
export const BACKOFF: readonly number[] = [1_000, 2_000, 4_000];

/** Seconds: with a longer `Retry-After`, the caller decides whether to wait. */
const LONGEST_RETRY_AFTER = 60;

export interface RetryQuestion {
  /** The attempt that just ended, from 1. */
  attempt: number;
  /** The allowed number of retries, at most three. */
  retries: number;
  /** Whether a second arrival does no harm. */
  idempotent: boolean;
  /** Seconds, if the response has `Retry-After`. */
  retryAfter: number | undefined;
  /** From 0 up to 1. */
  random: number;
}

/**
 * @returns the milliseconds to wait before the next attempt: at least the back-off or `Retry-After`, and up to a quarter more,
 *   so that clients which failed together do not retry together; undefined if there is no next attempt
 */
export function retryDelay(outcome: Outcome, question: RetryQuestion): number | undefined {
  const { attempt, retries, idempotent, retryAfter = 0, random } = question;
  const backoff = BACKOFF[attempt - 1];
  if (backoff === undefined || attempt > retries || retryAfter > LONGEST_RETRY_AFTER) return undefined;
  if (!(idempotent ? isPassing(outcome) : wasNotDone(outcome))) return undefined;
  return Math.round(Math.max(backoff, retryAfter * 1000) * (1 + random / 4));
}

/** Only 429, 5xx and network failures are retried (contract 6.2). */
function isPassing(outcome: Outcome): boolean {
  return 'error' in outcome || outcome.response.status === 429 || isHostFailure(outcome);
}

/** Tells whether the service has certainly done nothing, so that even a call which must not happen twice may be sent again. */
function wasNotDone(outcome: Outcome): boolean {
  if ('response' in outcome) return outcome.response.status === 429;
  const { error } = outcome;
  return error instanceof NetworkError ? !error.sent : error.phase === 'connect';
}

/** Tells whether another host may succeed: after no response, or 5xx. */
export function isHostFailure(outcome: Outcome): boolean {
  return 'error' in outcome || outcome.response.status >= 500;
}

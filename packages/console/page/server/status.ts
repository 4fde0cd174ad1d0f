import { language } from '../messages/language.js';
import { addressOf } from './address.js';
import { offline, problemOf, REFUSED_TOKENS, type ServerProblem } from './problem.js';
import { credentials, refuse } from './session.js';

/** What `GET /v1/status` says of the account. */
export interface Status extends Gauges {
  readonly account: string;
  readonly now: string;
  readonly bucket_seconds: number;
  readonly buckets: readonly StatusBucket[];
}

export const OUTCOMES = ['published', 'reused', 'accepted', 'waiting', 'refused', 'unavailable'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface StatusBucket extends Gauges, Readonly<Record<Outcome, number>> {
  readonly at: string;
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
}

export interface Gauges {
  readonly pace_per_second: number | null;
  readonly pace_waiting: number | null;
  readonly breaker: 'closed' | 'half-open' | 'open' | null;
  readonly quota_per_second: number | null;
}

export async function readStatus(signal: AbortSignal): Promise<Status | ServerProblem> {
  try {
    const headers = { ...credentials(), 'Accept-Language': language.value };
    const response = await fetch(addressOf('v1/status'), { headers, signal });
    if (response.ok) return (await response.json()) as Status;
    const problem = problemOf(response.status, await response.text(), response.headers.get('retry-after'));
    if (REFUSED_TOKENS.has(problem.code)) refuse(problem.text);
    return problem;
  } catch (error) {
    if (signal.aborted) throw error;
    return offline();
  }
}

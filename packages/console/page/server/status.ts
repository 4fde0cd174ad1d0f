import { ask } from './ask.js';
import { offline, type ServerProblem } from './problem.js';

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
  const answer = await ask('v1/status', { signal });
  if (!(answer instanceof Response)) return answer;
  try {
    return (await answer.json()) as Status;
  } catch {
    signal.throwIfAborted();
    return offline();
  }
}

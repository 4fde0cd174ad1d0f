import { createLatencies, type Latencies } from './latencies.js';

/** How an upload ended: got its URL from this request, had it already, gets it later (202), refused, 429, 503. */
export const RECENT_OUTCOMES = [
  'published',
  'reused',
  'accepted',
  'refused',
  'waiting',
  'unavailable',
] as const;
export type RecentOutcome = (typeof RECENT_OUTCOMES)[number];

/** What is measured of an account beside its uploads; what a service has not is left out. */
export interface Gauges {
  /** Uploads per second that upstream is sent at most, as it is now. */
  readonly pace?: number | undefined;
  /** Uploads of this node that wait for their turn. */
  readonly waiting?: number | undefined;
  /** Whether upstream is called: `half-open` is one call, to see; `open` is none. */
  readonly breaker?: 'closed' | 'half-open' | 'open' | undefined;
  /** Uploads per second that a caller may send; 0: as many as there are. */
  readonly quota?: number | undefined;
}

/** Some seconds of one account. */
export interface RecentBucket {
  /** Unix milliseconds of its beginning. */
  readonly at: number;
  readonly counts: Readonly<Record<RecentOutcome, number>>;
  /** Milliseconds within which half of the uploads were answered, and 95 of 100; undefined if none was. */
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly gauges: Gauges;
}

/** What became of the uploads of the last quarter of an hour, in the memory of this node. */
export interface RecentUploads {
  note(upload: {
    readonly account: string;
    readonly outcome: RecentOutcome;
    readonly milliseconds: number | undefined;
  }): void;
  /** @returns what there is of an account, the oldest first; seconds without an upload have no bucket, but the present ones have */
  of(account: string): { readonly buckets: readonly RecentBucket[]; readonly now: Gauges };
}

/** Seconds. */
export const BUCKET = 10;
const BUCKETS = 90;

/**
 * @param now Unix milliseconds
 * @param gauges reads the gauges of an account; it is asked once in a bucket and when somebody looks
 */
export function createRecentUploads(
  now: () => number,
  gauges: (account: string) => Gauges = () => ({}),
): RecentUploads {
  // An account that nobody may use is never noted, so that these are no more than a configuration has.
  const accounts = new Map<string, Kept[]>();

  /** The bucket of the present moment; what is older than a quarter of an hour leaves. */
  function present(account: string): Kept {
    const at = Math.floor(now() / (BUCKET * 1000)) * BUCKET * 1000;
    // A clock that was set back begins again: what it had is of no time that can be told.
    const kept = (accounts.get(account) ?? []).filter(
      (bucket) => bucket.at <= at && bucket.at > at - BUCKETS * BUCKET * 1000,
    );
    const last = kept.at(-1);
    if (last?.at === at) return last;
    const counts = Object.fromEntries(RECENT_OUTCOMES.map((outcome) => [outcome, 0]));
    const fresh = {
      at,
      counts: counts as Kept['counts'],
      latencies: createLatencies(),
      gauges: gauges(account),
    };
    accounts.set(account, [...kept, fresh]);
    return fresh;
  }

  return {
    note({ account, outcome, milliseconds }) {
      const bucket = present(account);
      bucket.counts[outcome] += 1;
      if (milliseconds !== undefined) bucket.latencies.add(milliseconds);
    },
    of(account) {
      const seen = gauges(account);
      present(account).gauges = seen;
      const buckets = (accounts.get(account) ?? []).map(({ at, counts, latencies, gauges: then }) => ({
        ...{ at, counts, gauges: then },
        ...{ p50: latencies.within(0.5), p95: latencies.within(0.95) },
      }));
      return { buckets, now: seen };
    },
  };
}

interface Kept {
  readonly at: number;
  readonly counts: Record<RecentOutcome, number>;
  readonly latencies: Latencies;
  gauges: Gauges;
}

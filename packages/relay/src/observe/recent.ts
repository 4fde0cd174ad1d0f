import {
  createRecentUploads,
  RECENT_OUTCOMES,
  type RecentOutcome,
  type RecentUploads,
} from '@coupon-media/door';
import type { AuditEntry } from '../audit/entry.js';
import type { AccountState } from './metrics.js';

/** What became of the uploads of the last quarter of an hour, and what writes it. */
export interface WatchedUploads {
  readonly recent: RecentUploads;
  /** Counts how a caller was answered, by any door. */
  audited(entry: AuditEntry): void;
}

/** @param states the accounts at upstream, as this node sees them */
export function watchUploads(states: () => readonly AccountState[], clock: () => number): WatchedUploads {
  const recent = createRecentUploads(clock, (account) => {
    const { pace, waiting, breaker } = states().find((state) => state.account === account) ?? {};
    return { pace, waiting, breaker: breaker === undefined ? undefined : BREAKERS[breaker] };
  });
  return {
    recent,
    audited({ event, account, outcome, milliseconds }) {
      if (event === 'request' && account !== undefined && isRecent(outcome))
        recent.note({ account, outcome, milliseconds });
    },
  };
}

/** The states of a breaker by their numbers. */
export const BREAKERS = ['closed', 'half-open', 'open'] as const;

function isRecent(outcome: string): outcome is RecentOutcome {
  return RECENT_OUTCOMES.some((one) => one === outcome);
}

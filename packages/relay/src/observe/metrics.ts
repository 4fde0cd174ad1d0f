import type { Series, WrapperMetrics } from '@coupon-media/server';
import type { AuditEntry } from '../audit/entry.js';
import type { Alarms } from './alarms.js';

/** What the metrics of a relay are read from. */
export interface RelaySources {
  readonly alarms: Alarms;
  /** The pending uploads of all nodes, and the Unix milliseconds of the oldest. */
  backlog(): Promise<{ readonly pending: number; readonly oldest: number | undefined }>;
  /** The accounts at upstream, as this node sees them. */
  accounts(): readonly AccountState[];
  /** Unix milliseconds. */
  clock(): number;
}

export interface AccountState {
  readonly account: string;
  /** Uploads per second that the pace allows now. */
  readonly pace: number;
  /** Uploads of this node that wait for their turn. */
  readonly waiting: number;
  /** 0: calls are made; 1: one is made now and then, to see; 2: no host answers, and none is made. */
  readonly breaker: 0 | 1 | 2;
}

/** What the metrics of a relay count. */
export interface RelayCounts {
  /** Counts how callers were answered. */
  audited(entry: AuditEntry): void;
  /** Counts a request to a host of upstream. @param result the status, or the client's code if no response came */
  called(host: string, result: string, seconds: number): void;
}

/** Seconds. Upstream takes some hundred milliseconds; the client's deadline is a minute at most. */
const BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Adds the metrics of a relay to those of its service. */
export function measureRelay(metrics: WrapperMetrics, sources: RelaySources): RelayCounts {
  const { alarms, clock } = sources;
  const answers = new Map<string, { labels: Readonly<Record<string, string>>; value: number }>();
  const calls = metrics.histogram<'host' | 'result'>({
    name: 'coupon_media_relay_upstream_duration_seconds',
    help: 'Requests to upstream by host and result: the status of the response, or the code of the error if none came.',
    buckets: BUCKETS,
  });
  const series = new Map<string, Series>();

  metrics.counter(
    {
      name: 'coupon_media_relay_answers_total',
      help: 'Answers to callers, by door (apiv3, plain) and outcome: published (uploaded for this request), reused, accepted (202), refused, waiting (429), unavailable (503).',
      labels: ['door', 'outcome'],
    },
    () => [...answers.values()],
  );
  metrics.gauge(
    {
      name: 'coupon_media_relay_backlog_uploads',
      help: 'Uploads to upstream that are pending, of all nodes.',
    },
    async () => [{ value: (await sources.backlog()).pending }],
  );
  metrics.gauge(
    {
      name: 'coupon_media_relay_backlog_oldest_seconds',
      help: 'The age of the oldest pending upload; 0 if there is none.',
    },
    async () => {
      const { oldest } = await sources.backlog();
      return [{ value: oldest === undefined ? 0 : Math.max(0, clock() - oldest) / 1000 }];
    },
  );
  const byAccount = (name: string, help: string, read: (state: AccountState) => number) =>
    metrics.gauge({ name: `coupon_media_relay_${name}`, help, labels: ['account'] }, () =>
      sources.accounts().map((state) => ({ labels: { account: state.account }, value: read(state) })),
    );
  byAccount(
    'pace_per_second',
    'Uploads to upstream per second that the pace of an account allows.',
    ({ pace }) => pace,
  );
  byAccount('pace_waiting', 'Uploads of this node that wait for their turn.', ({ waiting }) => waiting);
  byAccount(
    'upstream_breaker_state',
    'Whether upstream is called for an account: 0 closed (it is), 1 half-open (once, to see), 2 open (no host answers).',
    ({ breaker }) => breaker,
  );
  metrics.gauge(
    {
      name: 'coupon_media_relay_alarms',
      help: 'Alarms that are on, by code. The log has a line for each, with the remedy.',
      labels: ['code'],
    },
    () => countedByCode(alarms),
  );

  return {
    audited({ event, door, outcome }) {
      if (event !== 'request' || door === undefined) return;
      const key = `${door} ${outcome}`;
      const answer = answers.get(key) ?? { labels: { door, outcome }, value: 0 };
      answer.value += 1;
      answers.set(key, answer);
    },
    called(host, result, seconds) {
      const key = `${host} ${result}`;
      let known = series.get(key);
      if (!known) {
        known = calls.series({ host, result });
        series.set(key, known);
      }
      known.observe(seconds);
    },
  };
}

function countedByCode(alarms: Alarms): { labels: { code: string }; value: number }[] {
  const counts = new Map<string, number>();
  for (const { code } of alarms.on()) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, value]) => ({ labels: { code }, value }));
}

import type { OpenAPIHono } from '@hono/zod-openapi';
import { Problem } from '../problems/problem.js';
import { BUCKET, type Gauges, type RecentBucket } from '../status/recent.js';
import type { DoorEnv, DoorServices } from './environment.js';
import { statusRoute } from './routes.js';

/** `GET /v1/status`: what became of the account's uploads of the last quarter of an hour, as this node has it in memory. */
export function addStatus(app: OpenAPIHono<DoorEnv>, { recent, now }: DoorServices): void {
  app.openapi(statusRoute, (context) => {
    if (!recent) throw new Problem('not-found', NO_STATUS);
    const { account, quota } = context.get('token');
    const { buckets, now: gauges } = recent.of(account);
    return context.json(
      {
        account,
        now: new Date(now()).toISOString(),
        bucket_seconds: BUCKET,
        buckets: buckets.map(bucketView),
        ...gaugesView({ ...gauges, quota: gauges.quota ?? quota }),
      },
      200,
    );
  });
}

function bucketView({ at, counts, p50, p95, gauges }: RecentBucket) {
  return {
    ...{ at: new Date(at).toISOString(), ...counts },
    ...{ p50_ms: rounded(p50), p95_ms: rounded(p95) },
    ...gaugesView(gauges),
  };
}

function gaugesView({ pace, waiting, breaker, quota }: Gauges) {
  return {
    pace_per_second: rounded(pace),
    pace_waiting: waiting ?? null,
    breaker: breaker ?? null,
    quota_per_second: quota ?? null,
  };
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 10) / 10;
}

const NO_STATUS = { 'zh-CN': '该服务不统计近期上传。', en: 'This service keeps no status.' };

import { expect, test } from 'vitest';
import { createRecentUploads, type Gauges } from '../dist/index.js';
import { opened } from './opened.js';

test('GET /v1/status shows the uploads of its account alone, with the gauges of then and now', async () => {
  let now = Date.parse('2030-01-01T00:00:05Z');
  let gauges: Gauges = { pace: 20, waiting: 0, breaker: 'closed' };
  const recent = createRecentUploads(
    () => now,
    () => gauges,
  );
  const { url, token } = await opened({ recent, now: () => now });
  recent.note({ account: 'shop', outcome: 'published', milliseconds: 100 });
  recent.note({ account: 'shop', outcome: 'waiting', milliseconds: 3 });
  recent.note({ account: 'rival', outcome: 'refused', milliseconds: 1 });
  now += 30_000;
  gauges = { pace: 10.04, waiting: 7, breaker: 'open' };
  const headers = { Authorization: `Bearer ${await token({ scopes: ['read'], quota: 5 })}` };
  const answer = await fetch(`${url}/v1/status`, { headers });
  const none = { published: 0, reused: 0, accepted: 0, refused: 0, waiting: 0, unavailable: 0 };
  expect(await answer.json()).toEqual({
    account: 'shop',
    now: '2030-01-01T00:00:35.000Z',
    bucket_seconds: 10,
    buckets: [
      {
        ...{ at: '2030-01-01T00:00:00.000Z', ...none, published: 1, waiting: 1, p50_ms: 3.4, p95_ms: 100 },
        ...{ pace_per_second: 20, pace_waiting: 0, breaker: 'closed', quota_per_second: null },
      },
      {
        ...{ at: '2030-01-01T00:00:30.000Z', ...none, p50_ms: null, p95_ms: null },
        ...{ pace_per_second: 10, pace_waiting: 7, breaker: 'open', quota_per_second: null },
      },
    ],
    ...{ pace_per_second: 10, pace_waiting: 7, breaker: 'open', quota_per_second: 5 },
  });
  expect((await fetch(`${url}/v1/status`)).status).toBe(401);
});

test('a service without a status says so', async () => {
  const { url, token } = await opened();
  const answer = await fetch(`${url}/v1/status`, { headers: { Authorization: `Bearer ${await token()}` } });
  expect(await answer.json()).toMatchObject({ status: 404, code: 'not-found' });
});

test('a quarter of an hour is kept, and a clock that is set back begins again', () => {
  let now = 0;
  const recent = createRecentUploads(() => now);
  const note = () => recent.note({ account: 'a', outcome: 'published', milliseconds: 10 });
  for (let bucket = 0; bucket < 200; bucket += 1) {
    now = bucket * 10_000;
    note();
  }
  const { buckets } = recent.of('a');
  expect(buckets.length).toBe(90);
  expect(buckets.map(({ at }) => at)).toEqual(Array.from({ length: 90 }, (_, at) => (110 + at) * 10_000));
  now = 0;
  note();
  expect(recent.of('a').buckets).toMatchObject([{ at: 0, counts: { published: 1 }, p50: 10, p95: 10 }]);
});

test('latencies are told within a fifth, whatever their number', () => {
  const recent = createRecentUploads(() => 0);
  for (let milliseconds = 1; milliseconds <= 1000; milliseconds += 1)
    recent.note({ account: 'a', outcome: 'published', milliseconds });
  recent.note({ account: 'b', outcome: 'published', milliseconds: 86_400_000 });
  const [a] = recent.of('a').buckets;
  expect(a?.p50).toBeGreaterThanOrEqual(500);
  expect(a?.p50).toBeLessThan(600);
  expect(a?.p95).toBeGreaterThanOrEqual(950);
  expect(a?.p95).toBeLessThanOrEqual(1000);
  expect(recent.of('b').buckets[0]?.p95).toBeGreaterThan(600_000);
});

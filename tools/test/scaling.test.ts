import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COSTS, needs, needsTable } from '../../bench/scaling.mjs';
import { root } from '../setup.mjs';

const YEAR = 31_536_000;

test('what so many uploads need, in numbers that can be worked out in the head', () => {
  const costs = {
    ...{ nodeMicros: 1000, nodeMicrosAKib: 10, postgresMicros: 600, redisMicros: 60, postgresMillis: 10 },
    ...{ rowBytes: 300, walBytes: 700, nonceBytes: 200, nonceSeconds: 300, redisBytes: 1e6, formBytes: 0 },
  };
  expect(needs({ rate: 150, kib: 100, peak: 2 }, costs)).toEqual({
    peakRate: 300,
    nodes: 2, // 300 a second × 2 ms at a load of 0.6: one core, and one spare
    nodeBitsASecond: 300 * 102_400 * 8,
    postgresCores: 0.3,
    postgresConnections: 20,
    postgresActive: 3,
    postgresBytesAYear: 150 * YEAR * 300,
    walBytesASecond: 210_000,
    s3BytesAYear: 150 * YEAR * 102_400,
    s3Prefixes: 1,
    redisCores: 0.03,
    redisBytes: 1e6 + 300 * 300 * 200,
  });
});

test('never less for more, and nodes carry the peak with one of them missing', () => {
  const demand = fc.record({
    rate: fc.double({ min: 0.1, max: 20_000, noNaN: true }),
    kib: fc.double({ min: 1, max: 2048, noNaN: true }),
  });
  fc.assert(
    fc.property(demand, fc.double({ min: 1, max: 50, noNaN: true }), (some, times) => {
      const { nodeBitsASecond: _, ...less } = needs(some);
      const more = needs({ ...some, rate: some.rate * times });
      for (const [key, value] of Object.entries(less))
        expect(more[key as keyof typeof less], key).toBeGreaterThanOrEqual(value);
      const micros = COSTS.nodeMicros + some.kib * COSTS.nodeMicrosAKib;
      expect((less.nodes - 1) * 0.6 * 1e6).toBeGreaterThanOrEqual(less.peakRate * micros * (1 - 1e-9));
    }),
  );
});

test('an upload costs a node what the benchmark measured, to 15 %', () => {
  const document = readFileSync(path.join(root, 'docs/PERFORMANCE.md'), 'utf8');
  for (const kib of [10, 200]) {
    const row = new RegExp(`^\\| ${kib} KiB \\|[^]*?^\\| three nodes \\| [^|]* \\| ([\\d,]+) \\|`, 'm').exec(
      document,
    );
    const measured = Number(row?.[1]?.replaceAll(',', ''));
    expect(Math.abs((COSTS.nodeMicros + kib * COSTS.nodeMicrosAKib) / measured - 1)).toBeLessThan(0.15);
  }
});

test('docs/SCALING.md has what the formula says of three rates', () => {
  const document = readFileSync(path.join(root, 'docs/SCALING.md'), 'utf8');
  // Where this fails: npm run scale prints a column of it.
  expect(document).toContain(needsTable([1, 100, 10_000].map((rate) => ({ rate, kib: 200 }))));
});

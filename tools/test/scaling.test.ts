import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COSTS, measuredCosts, needs, scalingSections } from '../../bench/scaling.mjs';
import { root } from '../setup.mjs';

const YEAR = 31_536_000;

test('what so many uploads need, in numbers that can be worked out in the head', () => {
  const costs = {
    ...{ nodeMicros: 1000, nodeMicrosAKib: 10, postgresMicros: 600, redisMicros: 60, postgresMillis: 10 },
    ...{
      rowBytes: 300,
      uploadRowBytes: 200,
      walBytes: 700,
      nonceBytes: 200,
      nonceSeconds: 300,
      redisBytes: 1e6,
      formBytes: 0,
    },
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

test('what an upload costs is read from what the benchmark wrote', () => {
  const table = (kib: number, node: string, postgres: number) =>
    `| ${kib} KiB | uploads/s | CPU µs: service | PostgreSQL | Redis |\n| :-- | --: | --: | --: | --: |\n` +
    `| one node | 500 ± 2 % | 900 | 1 | 1 |\n| three nodes | 434 ± 3 % | ${node} | ${postgres} | 80.5 |\n`;
  expect(measuredCosts(`${table(10, '1,100', 300)}\n${table(200, '3,000', 411)}`)).toEqual({
    nodeMicros: 1000,
    nodeMicrosAKib: 10,
    postgresMicros: 411,
    redisMicros: 80.5,
  });
  expect(() => measuredCosts(table(10, '1,100', 300))).toThrow('200 KiB');
});

test('docs/SCALING.md has what the formula says of three rates', () => {
  const document = readFileSync(path.join(root, 'docs/SCALING.md'), 'utf8');
  // Where this fails: npm run scale -- --write.
  for (const [name, content] of scalingSections())
    expect(document).toContain(`<!-- bench:${name} -->\n${content}\n<!-- /bench:${name} -->`);
});

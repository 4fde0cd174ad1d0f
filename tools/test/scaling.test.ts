import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Costs, kibibytes, parseDocument, readCosts } from '../../bench/model/costs.mjs';
import { compared, type Demand, folderCost, needs, nodeCost, USUAL } from '../../bench/model/model.mjs';
import { bytes, comparedTable, needsTable } from '../../bench/model/report.mjs';
import { root } from '../setup.mjs';

/** Numbers that can be worked out in the head. */
const COSTS: Costs = {
  folder: [
    { kib: 10, rate: 1000, micros: 1000 },
    { kib: 110, rate: 500, micros: 2000 },
  ],
  nodes: [],
  other: Object.fromEntries(
    Object.entries({
      ...{
        clusterOverFolder: 2,
        postgresMicros: 500,
        redisMicros: 10,
        redisNonceBytes: 200,
        redisNonceSeconds: 300,
      },
      ...{
        redisMerchantBytes: 100,
        redisBaseBytes: 1e6,
        imageRowBytes: 100,
        uploadRowBytes: 200,
        walBytes: 700,
      },
      ...{ postgresMillis: 10, formBytes: 0, nodeRestBytes: 1e8, nodeUploadBytes: 1e5 },
    }).map(([name, value]) => [name, { value, unit: '', source: '' }]),
  ),
};
const DEMAND: Demand = { ...USUAL, rate: 100, kib: 10, peak: 2, busy: 0.5 };
const YEAR = 31_536_000;

describe('what so many uploads need', () => {
  test('in units that hold: seconds, bytes, cores', () => {
    expect(needs(DEMAND, COSTS)).toEqual({
      peakRate: 200,
      folder: { micros: 1000, fits: true, bytesAYear: 100 * YEAR * (10_240 + 300) },
      // 200 a second × 2 ms at half load: 0.8 of a core; one node, one spare
      nodes: { micros: 2000, count: 2, memoryBytes: 1e8 + 200 * 1e5, bitsASecond: 200 * 10_240 * 8 },
      postgres: {
        cores: 0.2,
        connections: 20,
        active: 2,
        rowsAYear: 200 * YEAR,
        bytesAYear: 100 * YEAR * 300,
        walBytesASecond: 140_000,
        yearsToTableLimit: (32 * 2 ** 40) / (100 * YEAR * 200),
      },
      s3: { putsASecond: 200, requestsAYear: 100 * YEAR, bytesAYear: 100 * YEAR * 10_240, prefixes: 1 },
      redis: {
        callsASecond: 400,
        cores: 0.004,
        memoryBytes: 1e6 + 200 * 300 * 200 + 1000 * 100,
        instances: 1,
      },
    });
  });

  test('a picture that is there already takes a row of its upload, a PUT, and no room', () => {
    const { s3, postgres } = needs({ ...DEMAND, fresh: 0 }, COSTS);
    expect([s3.bytesAYear, s3.requestsAYear]).toEqual([0, 100 * YEAR]);
    expect([postgres.rowsAYear, postgres.bytesAYear]).toEqual([100 * YEAR, 100 * YEAR * 200]);
  });

  test('never less for more: of rate, size or peak', () => {
    const factor = fc.double({ min: 1, max: 50, noNaN: true });
    const demand = fc.record({
      rate: fc.double({ min: 0.1, max: 20_000, noNaN: true }),
      kib: fc.double({ min: 1, max: 2048, noNaN: true }),
    });
    const costs = readCosts();
    fc.assert(
      fc.property(demand, factor, fc.constantFrom('rate', 'kib', 'peak'), (some, times, name) => {
        const before: Demand = { ...USUAL, ...some };
        const less = needs(before, costs);
        const more = needs({ ...before, [name]: before[name] * times }, costs);
        for (const of of ['nodes', 'postgres', 's3', 'redis'] as const) {
          for (const [key, value] of Object.entries(less[of])) {
            // What one node has falls when there are more of them; the years fall with the rate.
            if (['memoryBytes', 'bitsASecond'].includes(key) && of === 'nodes') continue;
            const other = (more[of] as Record<string, number>)[key] ?? Number.NaN;
            if (key === 'yearsToTableLimit') expect(other).toBeLessThanOrEqual(value);
            else expect(other).toBeGreaterThanOrEqual(value);
          }
        }
      }),
    );
  });

  test('nodes carry the peak with one of them missing', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 50_000, noNaN: true }), (rate) => {
        const { nodes, peakRate } = needs({ ...DEMAND, rate }, COSTS);
        expect(((nodes.count - 1) * 1e6 * DEMAND.busy) / nodes.micros).toBeGreaterThanOrEqual(
          peakRate * (1 - 1e-9),
        );
      }),
    );
  });

  test('costs lie on the line between what was measured', () => {
    expect([1, 10, 60, 110, 210].map((kib) => folderCost(kib, COSTS))).toEqual([
      1000, 1000, 1500, 2000, 3000,
    ]);
    const point = { nodes: 3, rate: 1, postgres: 1, redis: 1, gateway: 1, storage: 1, load: 1, busy: 2 };
    const nodes = [
      { ...point, kib: 10, service: 3000 },
      { ...point, kib: 110, service: 4000 },
    ];
    expect([10, 60, 110, 210].map((kib) => nodeCost(kib, { ...COSTS, nodes }))).toEqual([
      3000, 3500, 4000, 6000,
    ]);
  });
});

describe('the model and the benchmark', () => {
  test('agree: the processor time alone tells the measured rate to 10 %', () => {
    const rows = compared(readCosts());
    expect(rows.length).toBeGreaterThanOrEqual(3);
    expect(rows.filter(({ error }) => !(Math.abs(error) <= 0.1))).toEqual([]);
  });

  test('tables are read as the benchmark writes them', () => {
    const document = `<!-- bench:uploads -->
|  | 10 KiB: uploads/s | CPU µs | ours is | 2 MiB: uploads/s | CPU µs | ours is |
| :-- | --: | --: | --: | --: | --: | --: |
| coupon-media, durable | 1,761 ± 2 % | 1,302 |  | 130 | 7,391 |  |
<!-- /bench:uploads -->
<!-- bench:nodes -->
| 10 KiB | uploads/s | CPU µs: service | PostgreSQL | Redis | S3 gateway | S3 storage | load | cores busy |
| :-- | --: | --: | --: | --: | --: | --: | --: | --: |
| one process and its folder | 900 | 1,300 | 0 | 0 | 0 | 0 | 100 | 1.50 |
| three nodes | 400 ± 3 % | 1,900 | 400 | 60 | 1,500 | 900 | 140 | 1.96 |

At 10 KiB a node takes 1,900 µs.
<!-- /bench:nodes -->
`;
    expect(parseDocument(document)).toEqual({
      folder: [
        { kib: 10, rate: 1761, micros: 1302 },
        { kib: 2048, rate: 130, micros: 7391 },
      ],
      nodes: [
        {
          kib: 10,
          nodes: 3,
          rate: 400,
          service: 1900,
          postgres: 400,
          redis: 60,
          gateway: 1500,
          storage: 900,
          load: 140,
          busy: 1.96,
        },
      ],
    });
    expect(() => parseDocument('nothing')).toThrow('no table of uploads');
    expect(() => kibibytes('much')).toThrow('is no size');
  });

  test('docs/SCALING.md has what the model says of today’s costs', () => {
    const document = readFileSync(path.join(root, 'docs/SCALING.md'), 'utf8');
    const costs = readCosts();
    const demands = [1, 100, 10_000].map((rate) => ({ ...USUAL, rate, kib: 200 }));
    // Where this fails after a benchmark: npm run scale -- --write
    expect(document).toContain(needsTable(demands, costs));
    expect(document).toContain(comparedTable(costs));
  });

  test('every number that is not the benchmark’s says where it is from', () => {
    const { other } = readCosts();
    for (const { value, unit, source } of Object.values(other)) {
      expect(value).toBeGreaterThan(0);
      expect(unit).not.toBe('');
      expect(source).toMatch(/^(measured|assumed|the contract|docs\/PERFORMANCE)/);
    }
  });

  test('bytes are told in the unit that fits', () => {
    expect([0, 999, 1500, 2.5e9, 65e15].map(bytes)).toEqual(['0 B', '999 B', '1.5 kB', '2.5 GB', '65 PB']);
  });
});

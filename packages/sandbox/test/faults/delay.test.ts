import { describe, expect, test } from 'vitest';
import { type DelayDistribution, drawnDelay } from '../../dist/faults/delay.js';
import { createDraws } from '../../dist/faults/draws.js';

function sample(distribution: DelayDistribution): number[] {
  const draw = createDraws('a');
  return Array.from({ length: 1000 }, () => drawnDelay(distribution, draw)).sort((a, b) => a - b);
}

describe('delays', () => {
  test('fixed', () => {
    expect(new Set(sample({ type: 'fixed', milliseconds: 7 }))).toEqual(new Set([7]));
  });

  test('uniform', () => {
    const delays = sample({ type: 'uniform', lower: 100, upper: 200 });
    expect(delays[0]).toBeGreaterThanOrEqual(100);
    expect(delays[999]).toBeLessThan(200);
    expect(delays[500]).toBeGreaterThan(140);
    expect(delays[500]).toBeLessThan(160);
  });

  test('log-normal: half are below the median, the tail is long and bounded', () => {
    const delays = sample({ type: 'lognormal', median: 100, sigma: 1, maxValue: 500 });
    expect(delays[500]).toBeGreaterThan(85);
    expect(delays[500]).toBeLessThan(115);
    expect(delays[999]).toBe(500);
    // One standard deviation above: e times the median.
    expect(delays[841]).toBeGreaterThan(220);
    expect(delays[841]).toBeLessThan(325);
  });

  test('the same in each run', () => {
    expect(sample({ type: 'lognormal', median: 90, sigma: 0.1 })).toEqual(
      sample({ type: 'lognormal', median: 90, sigma: 0.1 }),
    );
  });
});

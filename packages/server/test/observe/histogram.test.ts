import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createHistogram } from '../../dist/observe/metrics/histogram.js';

const BUCKETS = [0.5, 1, 10];

test("produces the same output as prom-client's histogram", async () => {
  const value = fc.oneof(fc.constantFrom(...BUCKETS, 0), fc.double({ min: 0, max: 20, noNaN: true }));
  const observation = fc.tuple(fc.constantFrom('a', 'b'), value);
  await fc.assert(
    fc.asyncProperty(fc.array(observation), async (observations) => {
      const ours = new Registry();
      const theirs = new Registry();
      const options = { name: 'seconds', help: 'how long', buckets: BUCKETS };
      const histogram = createHistogram<'kind'>(ours, options);
      const series = { a: histogram.series({ kind: 'a' }), b: histogram.series({ kind: 'b' }) };
      const reference = new Histogram({ ...options, labelNames: ['kind'], registers: [theirs] });
      for (const kind of ['a', 'b']) reference.zero({ kind });
      for (const [kind, seconds] of observations) {
        series[kind as 'a' | 'b'].observe(seconds);
        reference.observe({ kind }, seconds);
      }
      expect(await ours.metrics()).toBe(await theirs.metrics());
    }),
    { numRuns: 50 },
  );
});

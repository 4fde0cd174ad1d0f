import { expect, test } from 'vitest';
import { fuzz } from './fuzz/fuzz.js';

// `npm run fuzz -- --seconds 120` is the long run. This one shows that the fuzzer works, and that its first thousands pass.
test('a short run of the fuzzer finds nothing, and reaches every depth', { timeout: 120_000 }, async () => {
  const { tried, answers, records, honest, failures } = await fuzz({ seconds: 5, seed: 20_250_804 });
  expect(failures).toEqual([]);
  const statuses = new Set(answers.map(([answer]) => Number.parseInt(answer, 10)));
  for (const status of [200, 400, 401, 404, 405]) expect(statuses).toContain(status);
  expect(tried).toBeGreaterThan(100);
  expect(records).toBeGreaterThan(honest);
});

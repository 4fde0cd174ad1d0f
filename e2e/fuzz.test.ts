import { expect, test } from 'vitest';
import { converse } from './fuzz/conversations/run.js';
import { readCorpus } from './fuzz/files/corpus.js';
import { readFiles } from './fuzz/files/run.js';
import { fuzz } from './fuzz/fuzz.js';

// Takes 40 s: three parts, each for its seconds, whatever the machine. `npm run fuzz -- --minutes 10` is the long run. These show
// that the fuzzer works, and that its first thousands pass. What fails names its seed and number.
test('a short run of the fuzzer finds nothing, and reaches every depth', { timeout: 120_000 }, async () => {
  const { tried, answers, records, honest, failures } = await fuzz({ seconds: 5, seed: 20_250_804 });
  expect(failures).toEqual([]);
  const statuses = new Set(answers.map(([answer]) => Number.parseInt(answer, 10)));
  for (const status of [200, 400, 401, 404, 405]) expect(statuses).toContain(status);
  expect(tried).toBeGreaterThan(100);
  expect(records).toBeGreaterThan(honest);
});

test('a short run of connections: each answer in its place, and all that was held comes back', {
  timeout: 120_000,
}, async () => {
  const { connections, requests, records, rests, failures } = await converse({
    seconds: 10,
    seed: 20_261_127,
  });
  expect(failures).toEqual([]);
  expect(connections).toBeGreaterThan(20);
  expect(requests).toBeGreaterThan(connections);
  expect(records).toBeGreaterThan(20);
  expect(rests).toBeGreaterThan(0);
});

test('the whole corpus, and what is made of it: read, or refused in words', {
  timeout: 120_000,
}, async () => {
  const { targets, failures } = await readFiles({ seconds: 10, seed: 20_261_127 });
  expect(failures).toEqual([]);
  for (const { name, inputs } of targets) expect(inputs, name).toBeGreaterThan(readCorpus(name).length);
});

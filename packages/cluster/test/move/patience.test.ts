import { expect, test } from 'vitest';
import { withRetries } from '../../dist/move/patience.js';
import { MigrationError } from '../../dist/move/report.js';

test('a failing operation is tried again for a while', async () => {
  let tries = 0;
  const result = await withRetries(async () => {
    tries += 1;
    if (tries < 3) throw new Error('the engine restarts');
    return 'done';
  });
  expect({ result, tries }).toEqual({ result: 'done', tries: 3 });
});

test('an error of the migration itself is reported at once', async () => {
  let tries = 0;
  const move = withRetries(async () => {
    tries += 1;
    throw new MigrationError({ en: 'another run has taken over', 'zh-CN': '另一次迁移已接手' });
  });
  await expect(move).rejects.toThrow('another run has taken over');
  expect(tries).toBe(1);
});

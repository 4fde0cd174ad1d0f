import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { letHeapGrow } from '../dist/heap.js';

test('V8 of this Node has the flag, which it would otherwise ignore in silence', async () => {
  expect(letHeapGrow).not.toThrow();
  const { stdout } = await promisify(execFile)(process.execPath, ['--v8-options']);
  expect(stdout).toContain('--heap-growing-percent');
});

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { letHeapGrow } from '../dist/heap.js';

test('V8 of this Node has the flag, which it would otherwise ignore in silence', async () => {
  expect(letHeapGrow).not.toThrow();
  const { stdout } = await promisify(execFile)(process.execPath, ['--v8-options']);
  expect(stdout).toContain('--heap-growing-percent');
});

test('an idle process gives back what it no longer uses, and goes on', async () => {
  const heap = new URL('../dist/heap.js', import.meta.url).href;
  const program = `
    import { getHeapStatistics } from 'node:v8';
    const { freeMemoryWhenIdle } = await import(${JSON.stringify(heap)});
    let garbage = Array.from({ length: 200_000 }, (_, at) => ({ at }));
    const before = getHeapStatistics().total_heap_size;
    garbage = undefined;
    freeMemoryWhenIdle();
    const timer = setInterval(() => {
      if (getHeapStatistics().total_heap_size > before / 2) return;
      clearInterval(timer);
      setImmediate(() => console.log('given back'));
    }, 100);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
  expect(stdout).toBe('given back\n');
});

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const run = promisify(execFile);

/** The lines that a process of its own writes, as {@link file://./writing.mjs} describes. */
async function linesOf(...args: readonly string[]): Promise<Record<string, unknown>[]> {
  const { stdout } = await run(process.execPath, [new URL('writing.mjs', import.meta.url).pathname, ...args]);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

const HEAD = { time: expect.any(Number), pid: expect.any(Number), hostname: expect.any(String) };
const FIRST = { level: 30, ...HEAD, msg: 'first' };
const SECOND = { level: 40, ...HEAD, at: 2, msg: 'second' };
const err = { type: 'Error', message: 'why', stack: expect.stringContaining('writing.mjs') };
const THIRD = { level: 50, ...HEAD, err, msg: 'third' };

describe('the log of a service loses no line and keeps their order', () => {
  test.each([
    ['before', [FIRST, SECOND]],
    ['exits', [FIRST, SECOND, THIRD]],
    ['ends', [FIRST, SECOND, THIRD]],
    ['late', [FIRST, SECOND, THIRD]],
  ])('of a process that ends "%s"', async (when, lines) => {
    expect(await linesOf(when)).toEqual(lines);
  });

  test('and its lines have the times at which they were said', async () => {
    const [first, , third] = await linesOf('late');
    expect(Number(third?.time) - Number(first?.time)).toBeGreaterThanOrEqual(300);
  });

  test.each([
    ['error', [THIRD]],
    ['warn', [SECOND, THIRD]],
    ['silent', []],
  ])('from the level %s on', async (level, lines) => {
    expect(await linesOf('exits', level)).toEqual(lines);
    expect(await linesOf('late', level)).toEqual(lines);
  });
});

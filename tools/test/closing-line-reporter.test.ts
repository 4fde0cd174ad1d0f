import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'closing-line-'));
symlinkSync(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
afterAll(() => rmSync(folder, { recursive: true }));

/** The last lines of a real run over these test files, and its exit code. */
function run(name: string, source: string, ...args: string[]) {
  writeFileSync(
    path.join(folder, `${name}.test.mjs`),
    `import { describe, test, beforeAll } from 'vitest';\n${source}`,
  );
  const reporter = path.join(repository, 'tools/vitest/closing-line-reporter.mjs');
  const vitest = path.join(repository, 'node_modules/vitest/vitest.mjs');
  const command = [
    vitest,
    'run',
    name,
    '--root',
    folder,
    '--reporter=default',
    `--reporter=${reporter}`,
    ...args,
  ];
  const result = spawnSync(process.execPath, command, { encoding: 'utf8' });
  return { code: result.status, lines: result.stdout.trimEnd().split('\n') };
}

test('all passed', () => {
  const { code, lines } = run('fine', "test('a', () => {}); test('b', () => {});");
  expect([code, lines.at(-1)]).toEqual([0, '2 passed, 0 failed']);
});

test('skipped tests are named with their reasons', () => {
  const { code, lines } = run(
    'skips',
    `test('a', () => {});
     test('b', (context) => context.skip('no engine here'));
     describe('group', () => { test.skip('c', () => {}); });
     test.todo('d');`,
  );
  expect(lines.slice(-4)).toEqual([
    'skipped: skips.test.mjs > b: no engine here',
    'skipped: skips.test.mjs > group > c: marked skip, no reason given',
    'skipped: skips.test.mjs > d: marked todo',
    '1 passed, 0 failed, 3 skipped',
  ]);
  expect(code).toBe(0);
});

test('what passed at the second try only is named, with the error of the first', () => {
  const { code, lines } = run(
    'tries',
    `let tries = 0;
     test('a', { retry: 1 }, () => { tries += 1; if (tries === 1) throw new Error('no'); });
     test('b', { retry: 1 }, () => {});`,
  );
  expect(lines.slice(-2)).toEqual([
    'passed at the second try: tries.test.mjs > a: no (tries.test.mjs:3)',
    '2 passed, 0 failed',
  ]);
  expect(code).toBe(0);
});

test('tests that wait for an engine are counted by file', () => {
  const { code, lines } = run(
    'waiting',
    `const needed = { skip: true, meta: { missing: 'there is no redis-server' } };
     test('a', () => {});
     describe('group', needed, () => { test('b', () => {}); describe('more', () => { test('c', () => {}); }); });
     test('d', needed, () => {});
     test.todo('e');`,
  );
  expect(lines.slice(-3)).toEqual([
    'skipped: waiting.test.mjs > e: marked todo',
    'skipped: 3 tests of waiting.test.mjs: there is no redis-server',
    '1 passed, 0 failed, 4 skipped',
  ]);
  expect(code).toBe(0);
});

test('a failed hook counts as a failure, and its tests as skipped', () => {
  const { code, lines } = run(
    'hook',
    `test('a', () => {});
     describe('group', () => { beforeAll(() => { throw new Error('no'); }); test('b', () => {}); });`,
  );
  expect(lines.slice(-2)).toEqual([
    'skipped: hook.test.mjs > group > b: a hook of its suite failed',
    '1 passed, 1 failed, 1 skipped',
  ]);
  expect(code).toBe(1);
});

test.each([
  [
    'a failed test',
    "test('a', () => { throw new Error('no'); }); test('b', () => {});",
    '1 passed, 1 failed',
  ],
  ['a file that does not load', "throw new Error('no');", '0 passed, 1 failed'],
  ['an unhandled rejection', "test('a', () => { Promise.reject(new Error('no')); });", '1 passed, 1 failed'],
  ['a file without tests', '', '0 passed, 1 failed'],
])('%s', (what, source, expected) => {
  const { code, lines } = run(what.replaceAll(' ', '-'), source);
  expect([code, lines.at(-1)]).toEqual([1, expected]);
});

test('no test file at all', () => {
  const { code, lines } = run('present', "test('a', () => {});", '--exclude=**/*');
  expect([code, lines.at(-1)]).toEqual([1, '0 passed, 1 failed']);
});

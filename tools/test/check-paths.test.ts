import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { checkPaths } from '../check-paths.mjs';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const FILES = { 'package.json': '{"scripts":{"check":""}}', 'docs/a.md': '', 'packages/one/src/b.ts': '' };

/** What the checker finds in a tree of these files. */
function findings(files: Record<string, string>): string[] {
  const root = mkdtempSync(path.join(tmpdir(), 'check-paths-'));
  folders.push(root);
  for (const [file, text] of Object.entries({ ...FILES, ...files })) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return checkPaths(root);
}

const map = (...lines: string[]) => ({ 'docs/ARCHITECTURE.md': ['```', ...lines, '```', ''].join('\n') });

test('every path that a document of this repository names is there', () => {
  expect(checkPaths('.')).toEqual([]);
});

describe('nothing is found in', () => {
  test.each<[string, Record<string, string>]>([
    [
      'a link from the folder of its document',
      { 'docs/x.md': '[b](../packages/one/src/b.ts), [a](a.md#part)' },
    ],
    ['a script of npm', { 'docs/x.md': '`npm run check -- a`' }],
    ['an address', { 'docs/x.md': '[page](https://example.test/doc) [mail](mailto:a@example.test)' }],
    [
      'a path in backticks from the root, or from its document',
      { 'packages/one/README.md': '`packages/one/src/` and `docs/a.md`' },
    ],
    [
      'what only looks like a path',
      { 'docs/x.md': '`images/{sha256}.png`, `origin/main`, `packages/*/src`, `packages/one/dist/b.js`' },
    ],
    ['a map that has everything', map('packages/one', '  src/   the sources', '    b.ts   one of them')],
    ['a map with a continued line', map('packages/one/src', '  b.ts   this,', '         and that: more')],
    ['a folder of the map that is not unfolded', map('packages', '  one/   a package')],
  ])('%s', (_what, files) => {
    expect(findings(files)).toEqual([]);
  });
});

describe('found is', () => {
  test.each<[string, Record<string, string>, string]>([
    [
      'a link to what is gone',
      { 'docs/x.md': '\n[c](../packages/one/src/c.ts)' },
      'docs/x.md:2: names ../packages/one/src/c.ts, which is not there: name what it is called now',
    ],
    [
      'a path in backticks to what is gone',
      { 'README.md': 'see `packages/one/src/c.ts`' },
      'README.md:1: names packages/one/src/c.ts',
    ],
    [
      'a script that is gone',
      { 'docs/x.md': '`npm run checks`' },
      'docs/x.md:1: names npm run checks, which is not there',
    ],
    [
      'a name in the map that is gone',
      map('packages/one/src', '  b.ts   b', '  c.ts   c'),
      'the map has packages/one/src/c.ts, which is not there',
    ],
    [
      'a file without its line in the map',
      map('packages/one', '  src/   the sources', '    a/   gone'),
      'the map of packages/one/src/ lacks b.ts: add a line that says what it is for',
    ],
  ])('%s', (_what, files, expected) => {
    expect(findings(files)).toContainEqual(expect.stringContaining(expected));
  });
});

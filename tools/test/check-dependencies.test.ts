import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkDependencies } from '../check-dependencies.mjs';

/** What is found where these rows stand in the document, and a package has these dependencies. */
function findings(rows: string, manifest: object): string[] {
  const root = mkdtempSync(path.join(tmpdir(), 'check-dependencies-'));
  for (const folder of ['docs/decisions', 'packages/one'])
    mkdirSync(path.join(root, folder), { recursive: true });
  writeFileSync(path.join(root, 'package.json'), '{}');
  writeFileSync(path.join(root, 'packages/one/package.json'), JSON.stringify(manifest));
  writeFileSync(path.join(root, 'docs/decisions/dependencies.md'), rows);
  try {
    return checkDependencies(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const ROW = '| `a` | b: it does this | c: it does not | MIT | 0.2 |\n';
const A = { dependencies: { a: '1.0.0' } };

test('every dependency of this repository has its row', () => {
  expect(checkDependencies('.')).toEqual([]);
});

test.each<[string, string, object]>([
  ['a dependency', ROW, A],
  ['one of development', ROW, { devDependencies: { a: '1.0.0' } }],
  [
    'packages of our own',
    ROW,
    {
      dependencies: { a: '1.0.0', '@coupon-media/apiv3': '0.1.0' },
      peerDependencies: { 'coupon-media': '0.1.0' },
    },
  ],
])('%s with its row', (_what, rows, manifest) => {
  expect(findings(rows, manifest)).toEqual([]);
});

test.each<[string, string, object, string]>([
  [
    'a dependency without a row',
    '',
    A,
    'packages/one/package.json: a has no row that says why it is there: add "| `name` | for | weighed | licence | MB |" to a table of docs/decisions/dependencies.md',
  ],
  ['an optional peer without a row', '', { peerDependencies: { a: '^1.0.0' } }, 'a has no row'],
  ['a row of what is gone', ROW, {}, 'a is no dependency: take its row out'],
  ['two rows', ROW + ROW, A, 'a has two rows'],
  ['a row without its licence', '| `a` | b | c |  | 0.2 |\n', A, 'a says nothing of: licence'],
])('%s', (_what, rows, manifest, expected) => {
  expect(findings(rows, manifest)).toEqual([expect.stringContaining(expected)]);
});

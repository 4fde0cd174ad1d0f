import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkLockfile } from '../check-lockfile.mjs';

function findings(packages: Record<string, object>, manifest: object = {}): string[] {
  const root = mkdtempSync(path.join(tmpdir(), 'check-lockfile-'));
  mkdirSync(path.join(root, 'packages/one'), { recursive: true });
  writeFileSync(path.join(root, 'package.json'), '{}');
  writeFileSync(path.join(root, 'packages/one/package.json'), JSON.stringify(manifest));
  writeFileSync(path.join(root, 'package-lock.json'), JSON.stringify({ packages }));
  try {
    return checkLockfile(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const a = { version: '1.0.0', integrity: 'sha512-a' };

test('a lockfile without addresses', () => {
  expect(
    findings(
      {
        '': {},
        'packages/one': {},
        'node_modules/one': { resolved: 'packages/one', link: true },
        'node_modules/a': { ...a, optionalDependencies: { '@b/linux': '1.0.0' } },
        'node_modules/@b/linux': { ...a, optional: true },
      },
      { dependencies: { a: '1.0.0' } },
    ),
  ).toEqual([]);
});

test.each<[string, Record<string, object>, object, string]>([
  [
    'an address',
    { 'node_modules/a': { ...a, resolved: 'https://example.test/a.tgz' } },
    {},
    'names the address',
  ],
  ['no hash', { 'node_modules/a': { version: '1.0.0' } }, {}, 'has no integrity hash'],
  [
    'a platform left out',
    { 'node_modules/a': { ...a, optionalDependencies: { '@b/darwin': '1.0.0' } } },
    {},
    'lacks its optional dependency @b/darwin',
  ],
  ['a range', { 'packages/one': {} }, { dependencies: { a: '^1.0.0' } }, 'packages/one asks for a ^1.0.0'],
])('%s', (_what, packages, manifest, expected) => {
  expect(findings(packages, manifest)).toEqual([expect.stringContaining(expected)]);
});

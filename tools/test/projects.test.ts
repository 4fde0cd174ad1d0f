import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { testProjects } from '../vitest/projects.mjs';

/** A clone in little. */
function clone(files: Record<string, string>): string {
  const root = mkdtempSync(path.join(tmpdir(), 'projects-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return root;
}

test('what a test file loads decides, through files of tests, of what was built, and of other packages', () => {
  const root = clone({
    'packages/one/package.json':
      '{ "name": "@c/one", "exports": { ".": { "default": "./dist/index.js" }, "./pure": "./dist/pure.js" } }',
    'packages/one/dist/index.js': "export * from './starts.js';",
    'packages/one/dist/starts.js': "import { fork } from 'node:child_process';",
    'packages/one/dist/pure.js': "import { readFile } from 'node:fs/promises';",
    'packages/one/test/pure.test.ts': "import '../dist/pure.js';",
    'packages/one/test/starts.test.ts': "import './support.js';",
    'packages/one/test/support.ts': "import '../dist/index.js';",
    'packages/one/test/later.test.ts': "const { fork } = await import('node:child_process');",
    'packages/one/test/types.test.ts': "import type { ChildProcess } from 'node:child_process';",
    'packages/two/package.json': '{ "name": "@c/two", "exports": {} }',
    'packages/two/test/deep/other.test.ts': "import '@c/one';",
    'packages/two/test/deep/pure.test.ts': "import '@c/one/pure';",
    'packages/two/test/stores.test.ts': "import '../../../tools/engines/index.mjs';",
    'tools/engines/index.mjs': '',
    'tools/test/tool.test.ts': '',
    'e2e/whole.test.ts': '',
    'e2e/cluster/whole.test.ts': "import '../../tools/engines/index.mjs';",
    'e2e/cluster/attacked.test.ts': "import '../../tools/engines/index.mjs'; import '../attack/attacker.js';",
    'e2e/attack/attacker.ts': "import './attacks.js';",
    'e2e/attack/attacks.ts': '',
    'e2e/interop/node_modules/theirs.test.ts': '',
  });
  expect(testProjects(root)).toEqual({
    unit: [
      'packages/one/test/pure.test.ts',
      'packages/one/test/types.test.ts',
      'packages/two/test/deep/pure.test.ts',
      'tools/test/tool.test.ts',
    ],
    e2e: [
      'packages/one/test/later.test.ts',
      'packages/one/test/starts.test.ts',
      'packages/two/test/deep/other.test.ts',
      'e2e/whole.test.ts',
    ],
    engines: ['packages/two/test/stores.test.ts', 'e2e/cluster/whole.test.ts'],
    attack: ['e2e/cluster/attacked.test.ts'],
  });
});

test('this is a unit test, and starts no process', () => {
  // By this door, since an import would make it another project's.
  const { spawn, fork } = process.getBuiltinModule('node:child_process');
  expect(() => spawn(process.execPath)).toThrow('a unit test starts no process');
  expect(() => fork('tools/run.mjs')).toThrow('it belongs to e2e');
});

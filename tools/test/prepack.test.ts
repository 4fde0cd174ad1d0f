import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { smallClone, writeSource } from './small-clone.js';

const MANIFEST = {
  name: 'one',
  version: '1.0.0',
  type: 'module',
  main: './cjs/a.js',
  exports: { import: './dist/a.js', require: './cjs/a.js' },
  files: ['cjs', 'dist', '!dist/.tsbuildinfo'],
  scripts: { prepack: 'node ../../tools/packages/prepack.mjs' },
};

let root = '';
afterEach(() => rmSync(root, { recursive: true, force: true }));

function run(command: string, args: string[]) {
  const { status: code, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return { code, stdout, stderr };
}

/** `npm pack` in the package, and what came of it. */
function pack(manifest: object = MANIFEST) {
  const folder = path.join(root, 'packages/one');
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  const { code, stderr } = run('npm', ['pack', '--prefix', folder, '--pack-destination', root, folder]);
  const tarballs = readdirSync(root).filter((name) => name.endsWith('.tgz'));
  return { code, stderr, tarballs };
}

test('an unbuilt clone is built before it is packed, with its CommonJS form', () => {
  root = smallClone();
  writeSource(
    root,
    'b',
    'declare global { interface ImportMeta { url: string } }\nexport const where: string = import.meta.url;',
  );
  const packed = pack();
  expect(packed).toMatchObject({ code: 0, tarballs: ['one-1.0.0.tgz'] });
  const { stdout } = run('tar', ['-tzf', path.join(root, 'one-1.0.0.tgz')]);
  expect(stdout.split('\n')).toEqual(
    expect.arrayContaining(
      ['dist/a.js', 'dist/a.d.ts', 'cjs/a.js', 'cjs/a.d.ts', 'cjs/package.json'].map(
        (file) => `package/${file}`,
      ),
    ),
  );
  const script =
    "const { where } = require('./cjs/b.js'); console.log(where === require('node:url').pathToFileURL(require.resolve('./cjs/b.js')).href)";
  const told = run('sh', [
    '-c',
    `cd '${root}/packages/one' && exec '${process.execPath}' -e "$1"`,
    'sh',
    script,
  ]);
  expect(told).toEqual({ code: 0, stdout: 'true\n', stderr: '' });
});

test('what does not compile is not packed', () => {
  root = smallClone();
  writeSource(root, 'a', "export const a: number = 'one';");
  const { code, stderr, tarballs } = pack();
  expect({ code, tarballs }).toEqual({ code: 1, tarballs: [] });
  expect(stderr).toContain('packages/one/src/a.ts(1,14): error');
});

test('what lacks a file that it exports is not packed', () => {
  root = smallClone();
  const { code, stderr, tarballs } = pack({ ...MANIFEST, exports: { import: './dist/c.js' } });
  expect({ code, tarballs }).toEqual({ code: 1, tarballs: [] });
  expect(stderr).toContain('one is not packed: ./dist/c.js is missing after the build.');
});

test('what has no CommonJS form is not packed', () => {
  root = smallClone();
  writeSource(root, 'a', 'export const a: unknown = await 1;');
  const { code, stderr, tarballs } = pack();
  expect({ code, tarballs }).toEqual({ code: 1, tarballs: [] });
  expect(stderr).toContain('has no CommonJS form (an await outside of functions');
  expect(readFileSync(path.join(root, 'packages/one/dist/a.js'), 'utf8')).toContain('await');
});

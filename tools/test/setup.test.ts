import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A clone in little: these tools, this compiler, one package. */
function clone(): string {
  const root = mkdtempSync(path.join(tmpdir(), 'setup-'));
  folders.push(root);
  cpSync(path.join(repository, 'tools'), path.join(root, 'tools'), { recursive: true });
  mkdirSync(path.join(root, 'node_modules'));
  symlinkSync(
    path.join(repository, 'node_modules/typescript'),
    path.join(root, 'node_modules/typescript'),
    'junction',
  );
  const lock = { packages: { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } } };
  const files = {
    'package.json': { type: 'module' },
    'package-lock.json': lock,
    'node_modules/.package-lock.json': lock,
    'tsconfig.json': { files: [], references: [{ path: 'packages/one' }] },
    'packages/one/package.json': { type: 'module' },
    'packages/one/tsconfig.json': {
      compilerOptions: {
        composite: true,
        rootDir: 'src',
        outDir: 'dist',
        tsBuildInfoFile: 'dist/.tsbuildinfo',
        types: [],
        lib: ['es5'], // a small one, to be quick
      },
      include: ['src'],
    },
  };
  mkdirSync(path.join(root, 'packages/one/src'), { recursive: true });
  for (const [file, content] of Object.entries(files))
    writeFileSync(path.join(root, file), JSON.stringify(content));
  write(root, 'a', 'export const a: number = 1;');
  return root;
}

function write(root: string, name: string, source: string): void {
  writeFileSync(path.join(root, `packages/one/src/${name}.ts`), source);
}

function dist(root: string, file: string): string {
  return path.join(root, 'packages/one/dist', file);
}

async function build(root: string): Promise<{ code: number | null; told: string }> {
  const child = spawn(process.execPath, [path.join(root, 'tools/run.mjs'), 'build'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let told = '';
  child.stderr.on('data', (chunk) => {
    told += chunk;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, told })));
}

test('builds what is not built, and nothing twice', async () => {
  const root = clone();
  expect(await build(root)).toMatchObject({ code: 0, told: expect.stringContaining('building') });
  expect(existsSync(dist(root, 'a.js'))).toBe(true);
  expect(await build(root)).toEqual({ code: 0, told: '' });
  write(root, 'a', 'export const a: number = 22;');
  expect(await build(root)).toMatchObject({ code: 0, told: expect.stringContaining('building') });
  expect(readFileSync(dist(root, 'a.js'), 'utf8')).toContain('22');
});

test('removes the output of a source that is gone, and makes again what is missing', async () => {
  const root = clone();
  write(root, 'b', 'export const b = 1;');
  await build(root);
  rmSync(path.join(root, 'packages/one/src/b.ts'));
  rmSync(dist(root, 'a.js'));
  expect((await build(root)).code).toBe(0);
  expect(['a.js', 'b.js', 'b.d.ts'].map((file) => existsSync(dist(root, file)))).toEqual([
    true,
    false,
    false,
  ]);
});

test('tells what the compiler found, every time until it is mended', async () => {
  const root = clone();
  write(root, 'a', "export const a: number = 'one';");
  for (const _ of [1, 2]) {
    expect(await build(root)).toMatchObject({
      code: 1,
      told: expect.stringContaining('packages/one/src/a.ts(1,14): error'),
    });
  }
  expect(existsSync(path.join(root, '.setup-lock'))).toBe(false);
  write(root, 'a', 'export const a: number = 1;');
  expect((await build(root)).code).toBe(0);
});

test('of several at once one builds and the others wait, though a lock was left by a process that died', async () => {
  const root = clone();
  writeFileSync(path.join(root, '.setup-lock'), '4194304'); // above any process number
  const runs = await Promise.all([build(root), build(root), build(root)]);
  expect(runs.map((run) => run.code)).toEqual([0, 0, 0]);
  expect(runs.filter((run) => run.told.includes('building'))).toHaveLength(1);
  expect(existsSync(path.join(root, '.setup-lock'))).toBe(false);
});

test('a folder that is no whole clone is named as that', async () => {
  const root = clone();
  rmSync(path.join(root, 'package-lock.json'));
  expect(await build(root)).toEqual({
    code: 1,
    told: 'package-lock.json is missing or unreadable: is this a whole clone?\n',
  });
});
